import type { Store } from "../store.ts";
import { argumentCases } from "./arguments.ts";
import { blobListingCases } from "./blob-listing.ts";
import { blobPieceCases } from "./blob-pieces.ts";
import { blobStoreCases } from "./blob-store.ts";
import { cancellationCases } from "./cancellation.ts";
import type { AddCase } from "./conformance-case.ts";
import { durabilityCases } from "./durability.ts";
import { lifecycleCases } from "./lifecycle.ts";
import { limitCases } from "./limits.ts";
import { refRaceCases } from "./ref-races.ts";
import { refStoreCases } from "./ref-store.ts";
import { rowConditionCases } from "./row-conditions.ts";
import { rowFilterCases } from "./row-filters.ts";
import { rowGarbageCases } from "./row-garbage.ts";
import { rowReadCases } from "./row-reads.ts";
import { rowWriteCases } from "./row-writes.ts";

/**
 * What the suite needs of a test runner: vitest, `node:test` and mocha all have these two. Cases share nothing, so that
 * a runner may run some at once, as vitest does with `describe.concurrent`.
 */
export interface ConformanceRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly test: (name: string, body: () => Promise<void>) => unknown;
}

export interface ConformanceOptions {
  /** Names the store in the report. */
  readonly name: string;
  /**
   * Opens an empty store that no other case sees. Its clock must be later than 1971. The suite closes it.
   */
  readonly open: () => Promise<Store>;
  /**
   * For stores that keep their data: closes `store` and opens another one on the same data. With it the suite tests
   * that what was acknowledged is there afterwards.
   */
  readonly reopen?: ((store: Store) => Promise<Store>) | undefined;
}

const contracts: ReadonlyMap<string, (add: AddCase) => void> = new Map([
  ["blobs", blobStoreCases],
  ["blob listing", blobListingCases],
  ["blob pieces", blobPieceCases],
  ["refs", refStoreCases],
  ["ref races", refRaceCases],
  ["row writes", rowWriteCases],
  ["row reads", rowReadCases],
  ["row filters", rowFilterCases],
  ["row conditions", rowConditionCases],
  ["garbage rules", rowGarbageCases],
  ["arguments", argumentCases],
  ["limits", limitCases],
  ["cancellation", cancellationCases],
  ["life", lifecycleCases],
]);

/**
 * Registers every case with the runner. A failed case throws a plain `Error` that says what was promised.
 *
 * Declared limits over 16 MiB or 10 000 rows are believed, not tried.
 */
export function storeConformance(runner: ConformanceRunner, options: ConformanceOptions): void {
  const { name, open, reopen } = options;

  const add: AddCase = (caseName, body) => {
    runner.test(caseName, async () => {
      await using store = await open();
      await body(store);
    });
  };

  runner.describe(`${name} keeps the contracts`, () => {
    for (const [contract, register] of contracts) {
      runner.describe(contract, () => register(add));
    }
    if (reopen !== undefined) {
      runner.describe("durability", () => durabilityCases(add, reopen));
    }
  });
}

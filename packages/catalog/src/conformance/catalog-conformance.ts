import type { Catalog } from "../catalog.ts";
import type { AddCase } from "./conformance-case.ts";
import { deletionCases } from "./deletion.ts";
import { lifecycleCases } from "./lifecycle.ts";
import { listingCases } from "./listing.ts";
import { minerCases } from "./miners.ts";
import { rewardCases } from "./rewards.ts";
import { savingCases } from "./saving.ts";
import { scoreCases } from "./scores.ts";

/** What the suite needs of a test runner: vitest, `node:test` and mocha all have these two. */
export interface ConformanceRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly test: (name: string, body: () => Promise<void>) => unknown;
}

export interface CatalogConformanceOptions {
  /** Names the catalog in the report. */
  readonly name: string;
  /**
   * Opens an empty catalog that no other case sees, which knows the network's labels `low` (24 hours) and `high` (one
   * hour), if it must. The suite closes it.
   */
  readonly open: () => Promise<Catalog>;
}

const parts: ReadonlyMap<string, (add: AddCase) => void> = new Map([
  ["miners", minerCases],
  ["saving", savingCases],
  ["listing", listingCases],
  ["scores", scoreCases],
  ["rewards", rewardCases],
  ["deletion", deletionCases],
  ["life", lifecycleCases],
]);

/** Registers every case with the runner. A failed case throws a plain `Error` that says what was promised. */
export function catalogConformance(
  runner: ConformanceRunner,
  options: CatalogConformanceOptions,
): void {
  const add: AddCase = (caseName, body) => {
    runner.test(caseName, async () => {
      await using catalog = await options.open();
      await body(catalog);
    });
  };
  runner.describe(`${options.name} keeps the contract of catalogs`, () => {
    for (const [part, register] of parts) runner.describe(part, () => register(add));
  });
}

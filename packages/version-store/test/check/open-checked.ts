import type { Clock } from "@foretile/resilience";
import type { Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { checkLibrary } from "../../src/check/check-library.ts";
import type { CheckOptions, CheckReport } from "../../src/check/check-options.ts";
import type { FindingKind } from "../../src/check/finding.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { createConfig } from "../../src/library/library-config.ts";
import { PARTS_HANDLER, verifyPart } from "../collect/part-values.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";

export interface CheckedLibrary {
  readonly store: Store;
  readonly clock: Clock;
  readonly context: LibraryContext;
  /** Checks at level 2 unless told otherwise; lists of texts are verified. */
  readonly check: (options?: CheckOptions) => Promise<CheckReport>;
  /** What such a check finds, in short. */
  readonly findings: (options?: CheckOptions) => Promise<readonly ShortFinding[]>;
}

/** Kind, symbol or snapshot, and version of a finding. */
type ShortFinding = readonly [
  kind: FindingKind,
  of: string | undefined,
  version: number | undefined,
];

/** A library with a config record. */
export async function openChecked(store: Store = openMemoryStore()): Promise<CheckedLibrary> {
  const clock = createInstantClock({ startMs: START_MS });
  const context = await openTestContext({ store, clock });
  await createConfig(context.refs, context.documents, context.config);
  const verifiers = new Map([
    [PARTS_HANDLER, (bytes: Uint8Array, { hash }: { hash: Uint8Array }) => verifyPart(bytes, hash)],
  ]);
  const check: CheckedLibrary["check"] = (options) =>
    checkLibrary(context, { level: 2, verifiers, ...options });
  return {
    store,
    clock,
    context,
    check,
    findings: async (options) =>
      (await check(options)).findings.map(({ kind, symbol, snapshot, version }) => [
        kind,
        symbol ?? snapshot,
        version,
      ]),
  };
}

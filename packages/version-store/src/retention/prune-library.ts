import { createLimiter } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import type { Head } from "../head/head.ts";
import { listHeads, type ListedHead } from "../head/list-heads.ts";
import { withHead } from "../head/with-head.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { allPinnedVersions } from "../snapshot/pins.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import { checkPolicy, type RetentionPolicy } from "./policy.ts";
import type { PruneOptions, PruneResult } from "./prune.ts";
import { carryOutPrune, planPrune, type PrunePlan, type PruneRequest } from "./prune-plan.ts";

/** So many symbols at most are pruned at once. */
const MAX_CONCURRENT = 8;

/** A report tells of so many failures; all of them go to `onProgress`. */
const MAX_TOLD_FAILURES = 100;

export interface PruneLibraryOptions extends PruneOptions {
  /** Only symbols that start with this. Default: all. */
  readonly prefix?: string | undefined;
  /** Told about every symbol once it is done. Must not throw. */
  readonly onProgress?: ((outcome: PruneOutcome) => void) | undefined;
}

/** What became of one symbol, or of one head that cannot be read. */
export type PruneOutcome = PruneResult | PruneFailure;

export interface PruneFailure {
  /** `undefined` when the head is damaged. */
  readonly symbol: string | undefined;
  readonly key: string;
  readonly error: Error;
}

/** What pruning removed of a library, or would. */
export interface PruneReport {
  /** How many symbols were looked at. */
  readonly symbols: number;
  /** How many of them lost versions. */
  readonly prunedSymbols: number;
  readonly removedVersions: number;
  /** Bytes of all segments of the removed versions; they may be shared with versions that stay. */
  readonly storedBytes: number;
  readonly failedSymbols: number;
  /** The first hundred. */
  readonly failures: readonly PruneFailure[];
}

/**
 * Prunes every symbol by one policy, see `prune`. What snapshots pin is read once, before. A symbol that fails does not
 * keep the others from being pruned; all of it may be repeated.
 *
 * @throws {VersionStoreError} `invalid-argument` for a policy that cannot be meant, `data-integrity` for a damaged
 *   snapshot
 */
export async function pruneLibrary(
  context: LibraryContext,
  policy: RetentionPolicy,
  options: PruneLibraryOptions = {},
): Promise<PruneReport> {
  checkPolicy(policy);
  const { prefix = "", dryRun = false, onProgress, signal } = options;
  const nowMs = context.clock.nowMs();
  const pins = await allPinnedVersions(context, prefix, { signal });
  const limiter = createLimiter({ capacity: MAX_CONCURRENT });
  const report = new ReportBuilder();
  for await (const batch of listHeads(context, prefix, { signal })) {
    await Promise.all(
      batch.map(async (listed) => {
        const outcome = await limiter.run(() => {
          const pinned = pins.get(listed.head?.symbol ?? "") ?? new Set();
          return pruneListed(context, listed, { policy, nowMs, pinned }, { dryRun, signal });
        });
        report.add(outcome);
        onProgress?.(outcome);
      }),
    );
    signal?.throwIfAborted();
  }
  return report.report;
}

async function pruneListed(
  context: LibraryContext,
  listed: ListedHead,
  request: PruneRequest,
  { dryRun, signal }: PruneOptions,
): Promise<PruneOutcome> {
  const { key, head } = listed;
  if (head === undefined) return { symbol: undefined, key, error: listed.error };
  const { symbol } = head;
  try {
    const plan = await planForListed(context, head, request, { signal });
    if (plan === undefined || plan.removed.length === 0) return { symbol, removed: [] };
    if (dryRun === true) return { symbol, removed: plan.removed };
    const { outcome = [], ...rest } = await carryOutPrune(context, symbol, plan, request, {
      signal,
    });
    return { symbol, removed: outcome, ...rest };
  } catch (error) {
    return { symbol, key, error: error as Error };
  }
}

/** The head may have changed since it was listed, and its old pages be gone. */
async function planForListed(
  context: LibraryContext,
  listed: Head,
  request: PruneRequest,
  options: CallOptions,
): Promise<PrunePlan | undefined> {
  const plan = async (head: Head | undefined): Promise<PrunePlan | undefined> =>
    head && planPrune(context, head, request, options);
  try {
    return await plan(listed);
  } catch (error) {
    if (!isVersionStoreError(error, "data-integrity")) throw error;
    return withHead(context, listed.symbol, plan, options);
  }
}

class ReportBuilder {
  report: PruneReport = {
    symbols: 0,
    prunedSymbols: 0,
    removedVersions: 0,
    storedBytes: 0,
    failedSymbols: 0,
    failures: [],
  };

  add(outcome: PruneOutcome): void {
    const { symbols, prunedSymbols, removedVersions, storedBytes, failedSymbols, failures } =
      this.report;
    if ("error" in outcome) {
      this.report = {
        ...this.report,
        symbols: symbols + 1,
        failedSymbols: failedSymbols + 1,
        failures: failures.length < MAX_TOLD_FAILURES ? [...failures, outcome] : failures,
      };
      return;
    }
    const { removed } = outcome;
    this.report = {
      ...this.report,
      symbols: symbols + 1,
      prunedSymbols: prunedSymbols + (removed.length > 0 ? 1 : 0),
      removedVersions: removedVersions + removed.length,
      storedBytes: removed.reduce((sum, version) => sum + version.storedBytes, storedBytes),
    };
  }
}

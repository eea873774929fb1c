import type { CallOptions } from "@foretile/storage";
import { withHead } from "../head/with-head.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { pinnedVersions } from "../snapshot/pins.ts";
import { checkPolicy, type RetentionPolicy } from "./policy.ts";
import { carryOutPrune, planPrune, type PruneRequest, type RemovedVersion } from "./prune-plan.ts";

export interface PruneOptions extends CallOptions {
  /** Only tell what would be removed. Default `false`. */
  readonly dryRun?: boolean | undefined;
}

/** What pruning removed of a symbol, or would. */
export interface PruneResult {
  readonly symbol: string;
  /** Newest first. Their bytes may be shared with versions that stay. */
  readonly removed: readonly RemovedVersion[];
  /** Why pages that nothing needs, or the intent, could not be removed; harmless garbage for a later collection. */
  readonly cleanupError?: Error;
}

/**
 * Removes the versions of a symbol that a policy does not keep. They cannot be read by number any more at once; their
 * data is deleted by a collection once the library's grace time is over. May be repeated after a failure.
 *
 * @returns nothing removed for a symbol that is not there
 * @throws {VersionStoreError} `invalid-argument` for a policy that cannot be meant, `read-only-library` when there is
 *   something to remove, `data-integrity` for a damaged history or snapshot, `concurrent-modification`,
 *   `commit-outcome-unknown`
 */
export async function prune(
  context: LibraryContext,
  symbol: string,
  policy: RetentionPolicy,
  { dryRun = false, signal }: PruneOptions = {},
): Promise<PruneResult> {
  checkPolicy(policy);
  const nowMs = context.clock.nowMs();
  const pins = await pinnedVersions(context, symbol, { signal });
  const request: PruneRequest = { policy, nowMs, pinned: new Set(pins.keys()) };
  const plan = await withHead(
    context,
    symbol,
    async (head) => head && planPrune(context, head, request, { signal }),
    { signal },
  );
  if (plan === undefined || plan.removed.length === 0) return { symbol, removed: [] };
  if (dryRun) return { symbol, removed: plan.removed };
  const { outcome = [], ...rest } = await carryOutPrune(context, symbol, plan, request, { signal });
  return { symbol, removed: outcome, ...rest };
}

import { retryAdvice } from "@foretile/resilience";
import { findByCommit } from "../head/find-entry.ts";
import { readHead, type HeadState } from "../head/head-record.ts";
import type { Head } from "../head/head.ts";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";
import { GroupAttempt } from "./group-attempt.ts";
import { readIntent } from "./intent.ts";
import { MAX_LOST_RACES, pauseAfterLostRace } from "./lost-race.ts";
import { publishHead } from "./publish-head.ts";
import type { CommitOutcome, CommitResult, QueuedCommit } from "./queued-commit.ts";

/**
 * Publishes commits of one symbol together: each becomes a version of its own, and one compare-and-set makes all of
 * them visible. A commit that cannot be built fails alone.
 *
 * @returns an outcome per commit, in the order given
 */
export async function publishGroup(
  context: LibraryContext,
  symbol: string,
  commits: readonly QueuedCommit[],
): Promise<readonly CommitOutcome[]> {
  const outcomes = new Map<QueuedCommit, CommitOutcome>();
  let waiting = commits;
  try {
    for (let lostRaces = 0; lostRaces < MAX_LOST_RACES && waiting.length > 0; lostRaces += 1) {
      if (lostRaces > 0) await pauseAfterLostRace(context, lostRaces);
      // In this order: see ensureRunning.
      const state = await readHead(context, headKey(symbol), symbol);
      waiting = await stillRunning(context, waiting, outcomes);
      const attempt = await tryToPublish(context, symbol, state, waiting);
      if (attempt === "lost") continue;
      for (const [commit, outcome] of attempt) outcomes.set(commit, outcome);
      waiting = [];
    }
    const error = new VersionStoreError(
      "concurrent-modification",
      `others kept changing the symbol symbol=${symbol} attempts=${MAX_LOST_RACES}`,
      { retry: "safe", details: { symbol } },
    );
    for (const commit of waiting) outcomes.set(commit, { error, unsettled: false });
  } catch (error) {
    for (const commit of waiting) outcomes.set(commit, { error, unsettled: false });
  }
  return commits.map(
    (commit) => outcomes.get(commit) ?? { error: new Error("commit was lost"), unsettled: true },
  );
}

async function stillRunning(
  context: LibraryContext,
  commits: readonly QueuedCommit[],
  outcomes: Map<QueuedCommit, CommitOutcome>,
): Promise<readonly QueuedCommit[]> {
  const running = await Promise.all(
    commits.map(async (commit) => {
      try {
        commit.options.signal?.throwIfAborted();
        await Promise.all([
          commit.workspace.ensureRunning(),
          ...commit.adopted().map((id) => ensureStaged(context, id)),
        ]);
        return true;
      } catch (error) {
        outcomes.set(commit, { error, unsettled: false });
        return false;
      }
    }),
  );
  return commits.filter((_, index) => running[index]);
}

async function ensureStaged(context: LibraryContext, transactionId: string): Promise<void> {
  const state = await readIntent(context, transactionId);
  if (state?.intent.state === "running") return;
  throw new VersionStoreError(
    "transaction-expired",
    `staged data was used already or given up; stage it again transaction=${transactionId}`,
    { details: { transaction: transactionId } },
  );
}

async function tryToPublish(
  context: LibraryContext,
  symbol: string,
  state: HeadState | undefined,
  commits: readonly QueuedCommit[],
): Promise<ReadonlyMap<QueuedCommit, CommitOutcome> | "lost"> {
  const attempt = new GroupAttempt(context, symbol, state);
  const outcomes = new Map<QueuedCommit, CommitOutcome>();
  let leader: QueuedCommit | undefined;
  for (const [index, commit] of commits.entries()) {
    try {
      const result = await attempt.add(commit, index < commits.length - 1);
      outcomes.set(commit, { result });
      leader ??= result.changed ? commit : undefined;
    } catch (error) {
      if (
        isVersionStoreError(error, "data-integrity") &&
        (await headMoved(context, symbol, state))
      ) {
        await attempt.settle();
        return "lost";
      }
      outcomes.set(commit, { error, unsettled: false });
    }
  }
  if (attempt.isEmpty || leader === undefined) return outcomes;
  let next: Head;
  try {
    next = await attempt.nextHead(leader);
  } catch (error) {
    await attempt.settle();
    throw error;
  }
  const last = next.recent.at(-1);
  try {
    const published = await publishHead(context, {
      key: headKey(symbol),
      expected: state?.token,
      next,
      isPublished: async (head) =>
        last !== undefined && (await findByCommit(context, head, last.commitId)) !== undefined,
    });
    return published ? outcomes : "lost";
  } catch (error) {
    // All of the group, or nothing of it.
    const unsettled = retryAdvice(error) !== "never";
    return new Map(
      commits.map((commit) => {
        const outcome = outcomes.get(commit);
        return outcome === undefined || "error" in outcome
          ? [commit, outcome ?? { error, unsettled }]
          : [commit, { error: namingCommit(error, symbol, outcome.result), unsettled }];
      }),
    );
  }
}

/** Callers need the commit's id to find out later what became of it. */
function namingCommit(
  error: unknown,
  symbol: string,
  { commitId, version }: CommitResult,
): unknown {
  if (!isVersionStoreError(error, "commit-outcome-unknown")) return error;
  return new VersionStoreError(
    "commit-outcome-unknown",
    `the store did not say whether the commit happened; ask wasCommitted later symbol=${symbol} commit=${commitId}`,
    { cause: error.cause, retry: "unknown-outcome", details: { symbol, commitId, version } },
  );
}

/**
 * Pages that a newer head replaced may be collected while an attempt still follows the older one: what looks like
 * damage is then only a lost race.
 */
async function headMoved(
  context: LibraryContext,
  symbol: string,
  state: HeadState | undefined,
): Promise<boolean> {
  const now = await readHead(context, headKey(symbol), symbol);
  return now?.token !== state?.token;
}

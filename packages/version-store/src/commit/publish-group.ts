import { readHead, type HeadState } from "../head/head-record.ts";
import { wasPublished } from "../head/was-published.ts";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";
import { GroupAttempt } from "./group-attempt.ts";
import { headMoved } from "./head-moved.ts";
import { readIntent } from "./intent.ts";
import { MAX_LOST_RACES, pauseAfterLostRace } from "./lost-race.ts";
import { publishHead } from "./publish-head.ts";
import type { CommitOutcome, CommitResult, QueuedCommit } from "./queued-commit.ts";

/**
 * Publishes commits of one symbol together: each becomes a version of its own, and one compare-and-set makes all of
 * them visible. A commit that cannot be built or stored fails alone.
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
      // In this order: see ensureRunning. The answers are awaited before the head is changed.
      const state = await readHead(context, headKey(symbol), symbol);
      const stopped = findStopped(context, symbol, waiting);
      const settled = await tryToPublish(context, symbol, state, waiting, stopped);
      for (const [commit, outcome] of settled) outcomes.set(commit, outcome);
      waiting = waiting.filter((commit) => !settled.has(commit));
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

/**
 * Finds out which commits must not be published: their transactions were given up, or their callers do not wait any
 * more. Never rejects.
 *
 * @returns why, by commit
 */
async function findStopped(
  context: LibraryContext,
  symbol: string,
  commits: readonly QueuedCommit[],
): Promise<ReadonlyMap<QueuedCommit, unknown>> {
  const reasons = new Map<QueuedCommit, unknown>();
  await Promise.all(
    commits.map(async (commit) => {
      try {
        commit.options.signal?.throwIfAborted();
        await Promise.all([
          commit.workspace.ensureRunning(),
          ...commit.adopted().map((id) => ensureStaged(context, symbol, id)),
        ]);
      } catch (error) {
        reasons.set(commit, error);
      }
    }),
  );
  return reasons;
}

/** Whoever gives the staged data up touches the head of its symbol, and of no other: so it is for that one alone. */
async function ensureStaged(
  context: LibraryContext,
  symbol: string,
  transactionId: string,
): Promise<void> {
  const state = await readIntent(context, transactionId);
  if (state?.intent.state === "running") {
    const [staged, ...others] = state.intent.symbols;
    if (staged === symbol && others.length === 0) return;
    throw new VersionStoreError(
      "invalid-argument",
      `data was staged for another symbol symbol=${symbol} transaction=${transactionId}`,
      { details: { symbol, transaction: transactionId } },
    );
  }
  throw new VersionStoreError(
    "transaction-expired",
    `staged data was used already or given up; stage it again transaction=${transactionId}`,
    { details: { transaction: transactionId } },
  );
}

type Outcomes = ReadonlyMap<QueuedCommit, CommitOutcome>;

/** @returns what became of the commits; those without an outcome have to be tried again on a newer head */
async function tryToPublish(
  context: LibraryContext,
  symbol: string,
  state: HeadState | undefined,
  commits: readonly QueuedCommit[],
  stopped: Promise<ReadonlyMap<QueuedCommit, unknown>>,
): Promise<Outcomes> {
  const attempt = new GroupAttempt(context, symbol, state);
  const outcomes = new Map<QueuedCommit, CommitOutcome>();
  for (const [index, commit] of commits.entries()) {
    try {
      const result = await attempt.add(commit, index < commits.length - 1);
      outcomes.set(commit, { result });
    } catch (error) {
      if (
        isVersionStoreError(error, "data-integrity") &&
        (await headMoved(context, symbol, state))
      ) {
        await attempt.failedUploads();
        return new Map();
      }
      outcomes.set(commit, { error, unsettled: false });
    }
  }
  const failed = new Map([...(await attempt.failedUploads()), ...(await stopped)]);
  // Others of the group may have been built on those that failed.
  if (failed.size > 0) return mapValues(failed, (error) => ({ error, unsettled: false }));
  return attempt.isEmpty ? outcomes : publish(context, symbol, state, attempt, outcomes);
}

async function publish(
  context: LibraryContext,
  symbol: string,
  state: HeadState | undefined,
  attempt: GroupAttempt,
  outcomes: Outcomes,
): Promise<Outcomes> {
  const { next, newest } = await attempt.nextHead();
  let cause: unknown;
  try {
    const published = await publishHead(context, {
      key: headKey(symbol),
      expected: state?.token,
      next,
      isPublished: (head) => wasPublished(context, head, newest),
    });
    if (published === "published") return outcomes;
    if (published === "lost") return new Map();
  } catch (error) {
    if (!isVersionStoreError(error, "commit-outcome-unknown")) throw error;
    cause = error.cause;
  }
  // All of the group, or nothing of it; but what rests on published versions alone is settled.
  const lastPublished = state?.head.lastVersion ?? 0;
  return mapValues(outcomes, (outcome) =>
    "error" in outcome || outcome.result.version <= lastPublished
      ? outcome
      : { error: outcomeUnknown(symbol, outcome.result, cause), unsettled: true },
  );
}

function mapValues<K, V, W>(map: ReadonlyMap<K, V>, change: (value: V) => W): Map<K, W> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

/** Names the commit: its caller needs the id to find out later what became of it. */
function outcomeUnknown(
  symbol: string,
  { commitId, version }: CommitResult,
  cause: unknown,
): VersionStoreError {
  return new VersionStoreError(
    "commit-outcome-unknown",
    `the store did not say whether the commit happened; ask wasCommitted later symbol=${symbol} commit=${commitId}`,
    { cause, retry: "unknown-outcome", details: { symbol, commitId, version } },
  );
}

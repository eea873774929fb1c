import { retryAdvice } from "@foretile/resilience";
import type { CallOptions, Key, RefToken } from "@foretile/storage";
import { decodeHeadBytes, sealHead } from "../head/head-record.ts";
import type { Head } from "../head/head.ts";
import { findEntry } from "../head/history.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";

/** How often an unanswered compare-and-set is read back and sent again before its outcome is given up as unknown. */
const MAX_READ_BACKS = 5;

const firstPauseMs = 50;

/**
 * The commit point: one compare-and-set of a head.
 *
 * A lost answer is settled by reading the head back: our commit id in it means committed; an unchanged token means the
 * same compare-and-set may be sent again, since at most one of the copies can match; anything else means lost.
 *
 * @param expected the token of the head that `next` was built on; `undefined` for the first version
 * @returns whether `next` was published; `false` when somebody else changed the head first
 * @throws {VersionStoreError} `commit-outcome-unknown` when the store does not answer; nothing may be cleaned up then
 */
export async function publishHead(
  context: LibraryContext,
  key: Key,
  expected: RefToken | undefined,
  next: Head,
  commitId: string,
  options?: CallOptions,
): Promise<boolean> {
  const bytes = sealHead(context, next);
  let cause: unknown;
  for (let attempt = 0; attempt <= MAX_READ_BACKS; attempt += 1) {
    try {
      if (attempt > 0) {
        await context.clock.sleep(firstPauseMs * 2 ** (attempt - 1), options?.signal);
        const ref = await context.refs.read(key, options);
        if (ref !== undefined) {
          const head = decodeHeadBytes(context, ref.value, key);
          if (await holdsCommit(context, head, next, commitId, options)) return true;
        }
        if (ref?.token !== expected) return false;
      }
      const result = await context.refs.compareAndSet(key, expected, bytes, options);
      if (result.swapped) return true;
      // An earlier copy of this very call may be what changed the head.
      if (attempt === 0) return false;
    } catch (error) {
      // Once one compare-and-set is unsettled, no later failure makes the outcome known.
      if (cause === undefined && !mayHaveHappened(error)) throw error;
      cause = error;
    }
  }
  throw new VersionStoreError(
    "commit-outcome-unknown",
    `the store did not say whether the commit happened symbol=${next.symbol} commit=${commitId}`,
    { cause, retry: "unknown-outcome", details: { symbol: next.symbol, commitId } },
  );
}

function mayHaveHappened(error: unknown): boolean {
  const advice = retryAdvice(error);
  return advice === "safe" || advice === "unknown-outcome";
}

async function holdsCommit(
  context: LibraryContext,
  head: Head,
  next: Head,
  commitId: string,
  options?: CallOptions,
): Promise<boolean> {
  const version = next.recent.at(-1)?.version ?? 0;
  const entry = await findEntry(context, head, version, options);
  return entry?.commitId === commitId;
}

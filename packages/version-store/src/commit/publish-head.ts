import { retryAdvice } from "@foretile/resilience";
import type { Key, RefToken } from "@foretile/storage";
import { decodeHeadBytes, sealHead } from "../head/head-record.ts";
import type { Head } from "../head/head.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";

/** How often an unanswered compare-and-set is read back and sent again before its outcome is given up as unknown. */
const MAX_READ_BACKS = 5;

const firstPauseMs = 50;

/** One change of a head, ready to be published. */
export interface HeadChange {
  readonly key: Key;
  /** The token of the head that `next` was built on; `undefined` when there was none. */
  readonly expected: RefToken | undefined;
  readonly next: Head;
  /** Whether a head that was read back already contains the change. */
  readonly isPublished: (head: Head) => boolean | Promise<boolean>;
}

/**
 * The commit point: one compare-and-set of a head.
 *
 * A lost answer is settled by reading the head back: the change in it means published; an unchanged token means the
 * same compare-and-set may be sent again, since at most one of the copies can match; anything else means lost, and
 * stays lost: a token never comes back, so a late copy finds nothing to match.
 *
 * Takes no signal: once a change may have happened, its outcome is worth a few more requests.
 *
 * @returns whether `next` was published; `false` when somebody else changed the head first
 * @throws {VersionStoreError} `commit-outcome-unknown` when the store does not answer; nothing may be cleaned up then
 */
export async function publishHead(context: LibraryContext, change: HeadChange): Promise<boolean> {
  const { key, expected, next, isPublished } = change;
  const bytes = sealHead(context, next);
  let cause: unknown;
  for (let attempt = 0; attempt <= MAX_READ_BACKS; attempt += 1) {
    try {
      if (attempt > 0) {
        await context.clock.sleep(firstPauseMs * 2 ** (attempt - 1));
        const ref = await context.refs.read(key);
        if (ref?.token !== expected) {
          return ref !== undefined && (await isPublished(decodeHeadBytes(context, ref.value, key)));
        }
      }
      const result = await context.refs.compareAndSet(key, expected, bytes);
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
    `the store did not say whether the change happened symbol=${next.symbol} change=${next.changeId}`,
    { cause, retry: "unknown-outcome", details: { symbol: next.symbol, change: next.changeId } },
  );
}

function mayHaveHappened(error: unknown): boolean {
  const advice = retryAdvice(error);
  return advice === "safe" || advice === "unknown-outcome";
}

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
  /** Whether a head that was read back already contains the change; `undefined` when it cannot tell. */
  readonly isPublished: (head: Head) => boolean | undefined | Promise<boolean | undefined>;
}

/**
 * What became of a change.
 *
 * - `published`: it happened
 * - `lost`: somebody else changed the head first; it did not happen and never will
 * - `unclear`: somebody else changed the head, before it or after; if it did not happen by then, it never will
 */
export type HeadOutcome = "published" | "lost" | "unclear";

/**
 * The commit point: one compare-and-set of a head.
 *
 * A lost answer is settled by reading the head back: the change in it means published; an unchanged token means the
 * same compare-and-set may be sent again, since at most one of the copies can match; anything else means lost, and
 * stays lost: a token never comes back, so a late copy finds nothing to match.
 *
 * Takes no signal: once a change may have happened, its outcome is worth a few more requests.
 *
 * @throws {VersionStoreError} `commit-outcome-unknown` when the store does not answer; nothing may be cleaned up then.
 *   Any other error means that it did not happen.
 */
export async function publishHead(
  context: LibraryContext,
  change: HeadChange,
): Promise<HeadOutcome> {
  const { key, expected, next } = change;
  const bytes = sealHead(context, next);
  let cause: unknown;
  for (let attempt = 0; attempt <= MAX_READ_BACKS; attempt += 1) {
    try {
      if (attempt > 0) {
        await context.clock.sleep(firstPauseMs * 2 ** (attempt - 1));
        const ref = await context.refs.read(key);
        if (ref?.token !== expected) return await judge(context, change, ref?.value);
      }
      const result = await context.refs.compareAndSet(key, expected, bytes);
      if (result.swapped) return "published";
      // An earlier copy of this very call may be what changed the head.
      if (attempt === 0) return "lost";
    } catch (error) {
      // Nothing happened; but once one compare-and-set is unsettled, no later failure makes the outcome known.
      if (cause === undefined && retryAdvice(error) === "never") throw error;
      cause = error;
    }
  }
  throw new VersionStoreError(
    "commit-outcome-unknown",
    `the store did not say whether the change happened symbol=${next.symbol} change=${next.changeId}`,
    { cause, retry: "unknown-outcome", details: { symbol: next.symbol, change: next.changeId } },
  );
}

/** The outcome, by a head that is not the one the change was built on. */
async function judge(
  context: LibraryContext,
  { key, isPublished }: HeadChange,
  bytes: Uint8Array | undefined,
): Promise<HeadOutcome> {
  if (bytes === undefined) return "unclear";
  const published = await isPublished(decodeHeadBytes(context, bytes, key));
  if (published === undefined) return "unclear";
  return published ? "published" : "lost";
}

import type { Key, RefToken } from "@foretile/storage";
import { decodeHeadBytes, sealHead } from "../head/head-record.ts";
import type { Head } from "../head/head.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { settleSwap, type SwapOutcome } from "./settle-swap.ts";

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
 * The commit point: one compare-and-set of a head. Lost answers are settled as {@link settleSwap} says.
 *
 * @throws {VersionStoreError} `commit-outcome-unknown` when the store does not answer; nothing may be cleaned up then.
 *   Any other error means that it did not happen.
 */
export async function publishHead(
  context: LibraryContext,
  { key, expected, next, isPublished }: HeadChange,
): Promise<SwapOutcome> {
  return settleSwap(context, {
    key,
    expected,
    next: sealHead(context, next),
    isApplied: (found) =>
      found === undefined ? undefined : isPublished(decodeHeadBytes(context, found, key)),
    details: { symbol: next.symbol, change: next.changeId },
  });
}

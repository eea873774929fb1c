import { retryAdvice, type ErrorDetails } from "@foretile/resilience";
import type { Key, RefToken } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";

/** How often an unanswered compare-and-set is read back and sent again before its outcome is given up as unknown. */
const MAX_READ_BACKS = 5;

const firstPauseMs = 50;

/** One compare-and-set that others rely on. */
export interface Swap {
  readonly key: Key;
  /** The token of the record that `next` was built on; `undefined` when there was none. */
  readonly expected: RefToken | undefined;
  /** `undefined` deletes the record. */
  readonly next: Uint8Array | undefined;
  /**
   * Whether another record that was read back contains the change or follows from it (`found` is `undefined` when there
   * is no record any more); `undefined` when that cannot be told.
   */
  readonly isApplied: (
    found: Uint8Array | undefined,
  ) => boolean | undefined | Promise<boolean | undefined>;
  /** What is changed, for the error. */
  readonly details: ErrorDetails;
}

/**
 * What became of a change.
 *
 * - `published`: it happened
 * - `lost`: somebody else changed the record first; it did not happen and never will
 * - `unclear`: somebody else changed the record, before it or after; if it did not happen by then, it never will
 */
export type SwapOutcome = "published" | "lost" | "unclear";

/**
 * Changes a record by one compare-and-set, and finds out what became of it.
 *
 * A lost answer is settled by reading the record back: the change in it means published; an unchanged token means the
 * same compare-and-set may be sent again, since at most one of the copies can match; anything else means lost, and
 * stays lost: a token never comes back, so a late copy finds nothing to match.
 *
 * Takes no signal: once a change may have happened, its outcome is worth a few more requests.
 *
 * @throws {VersionStoreError} `commit-outcome-unknown` when the store does not answer; nothing may be cleaned up then.
 *   Any other error means that it did not happen.
 */
export async function settleSwap(context: LibraryContext, swap: Swap): Promise<SwapOutcome> {
  const { key, expected, next, isApplied, details } = swap;
  let cause: unknown;
  for (let attempt = 0; attempt <= MAX_READ_BACKS; attempt += 1) {
    try {
      if (attempt > 0) {
        await context.clock.sleep(firstPauseMs * 2 ** (attempt - 1));
        const ref = await context.refs.read(key);
        if (ref?.token !== expected) return outcomeOf(await isApplied(ref?.value));
      }
      const result = await context.refs.compareAndSet(key, expected, next);
      if (result.swapped) return "published";
      // An earlier copy of this very call may be what changed the record.
      if (attempt === 0) return "lost";
    } catch (error) {
      // Nothing happened; but once one compare-and-set is unsettled, no later failure makes the outcome known.
      if (cause === undefined && retryAdvice(error) === "never") throw error;
      cause = error;
    }
  }
  const facts = Object.entries(details).map(([name, value]) => `${name}=${String(value)}`);
  throw new VersionStoreError(
    "commit-outcome-unknown",
    `the store did not say whether the change happened ${facts.join(" ")}`,
    { cause, retry: "unknown-outcome", details },
  );
}

function outcomeOf(applied: boolean | undefined): SwapOutcome {
  if (applied === undefined) return "unclear";
  return applied ? "published" : "lost";
}

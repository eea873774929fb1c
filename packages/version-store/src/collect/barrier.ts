import type { CallOptions } from "@foretile/storage";
import type { IntentKind } from "../commit/intent.ts";
import { intentKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";

/**
 * Transactions of these kinds carry references from one head or record to another. What one of them found may be
 * removed before it has published it, so nothing that is on its way out is taken away while it runs.
 */
const carriers: ReadonlySet<IntentKind> = new Set<IntentKind>(["snapshot", "restore"]);

/** @param kind `undefined` when nobody can tell */
export function carriesReferences(kind: IntentKind | undefined): boolean {
  return kind === undefined || carriers.has(kind);
}

const pollMs = 1000;

export interface BarrierOptions extends CallOptions {
  /** How long to wait, in milliseconds. */
  readonly waitMs: number;
}

/**
 * Waits until transactions are over. Others that begin meanwhile do not count: they cannot see what was on its way out
 * before.
 *
 * @returns those that are still not over
 */
export async function waitForTransactions(
  context: LibraryContext,
  transactionIds: readonly string[],
  { waitMs, signal }: BarrierOptions,
): Promise<readonly string[]> {
  const { clock, refs } = context;
  const startedMs = clock.monotonicMs();
  let left = transactionIds;
  while (left.length > 0) {
    const restMs = waitMs - (clock.monotonicMs() - startedMs);
    if (restMs <= 0) break;
    await clock.sleep(Math.min(pollMs, restMs), signal);
    const found = await Promise.all(left.map((id) => refs.read(intentKey(id), { signal })));
    left = left.filter((_, index) => found[index] !== undefined);
  }
  return left;
}

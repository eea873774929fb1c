import { retryAdvice } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import { touchHead } from "../commit/edit-head.ts";
import { readIntent, replaceIntent, type Intent, type IntentState } from "../commit/intent.ts";
import { MAX_LOST_RACES, pauseAfterLostRace } from "../commit/lost-race.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { publishRecord } from "../snapshot/publish-record.ts";
import { isDamage } from "./damage.ts";
import { isExpired } from "./running-transactions.ts";

/**
 * Gives up a transaction that outlived its lifetime, so that nothing it was about to publish can be published any more:
 * first its intent says so, then everything it may change is touched. Its owner either read a head before the touch,
 * then its change of the head fails; or it reads its intent after it was given up.
 *
 * @returns whether that is certain; `false` when it turned out to be alive or over, or what it may change is damaged
 */
export async function fenceTransaction(
  context: LibraryContext,
  state: IntentState,
  options: CallOptions,
): Promise<boolean> {
  if (!(await abortIntent(context, state, options))) return false;
  try {
    await touchTargets(context, state.intent, options);
    return true;
  } catch (error) {
    // The walk through the library tells of the damage; until it is repaired the transaction counts as running.
    if (isDamage(error)) return false;
    throw error;
  }
}

async function abortIntent(
  context: LibraryContext,
  state: IntentState,
  options: CallOptions,
): Promise<boolean> {
  let current: IntentState | undefined = state;
  for (let lostRaces = 1; lostRaces <= MAX_LOST_RACES; lostRaces += 1) {
    if (current === undefined || !isExpired(current, context.clock.nowMs())) return false;
    if (current.intent.state === "aborted") return true;
    try {
      const token = await replaceIntent(context, current, { state: "aborted" }, options);
      if (token !== undefined) return true;
    } catch (error) {
      // It may have happened: the next look tells.
      if (options.signal?.aborted === true || retryAdvice(error) === "never") throw error;
    }
    await pauseAfterLostRace(context, lostRaces, options);
    current = await readIntent(context, state.intent.transactionId, options);
  }
  return false;
}

async function touchTargets(
  context: LibraryContext,
  { symbols, snapshot, transactionId }: Intent,
  options: CallOptions,
): Promise<void> {
  for (const symbol of symbols) await touchHead(context, symbol, options);
  if (snapshot !== undefined) await touchSnapshot(context, snapshot, transactionId, options);
}

/** Gives a record a new token, without the pending snapshot of a transaction that is given up. */
async function touchSnapshot(
  context: LibraryContext,
  name: string,
  transactionId: string,
  options: CallOptions,
): Promise<void> {
  await publishRecord(
    context,
    name,
    {
      change: (record) => {
        if (record === undefined) return undefined;
        const { current } = record;
        const isPending = current?.id === transactionId && current.state === "pending";
        return { ...record, current: isPending ? undefined : current };
      },
      // Whoever changed it since it was read gave it a new token.
      isApplied: () => true,
    },
    options,
  );
}

/**
 * Takes the pending snapshot of a transaction that is over out of its record: what a late request may have left there.
 */
export async function dropStalePending(
  context: LibraryContext,
  name: string,
  transactionId: string,
  options: CallOptions,
): Promise<void> {
  const isStale = (current: { readonly id: string; readonly state: string } | undefined): boolean =>
    current?.id === transactionId && current.state === "pending";
  await publishRecord(
    context,
    name,
    {
      change: (record) =>
        record !== undefined && isStale(record.current)
          ? { ...record, current: undefined }
          : undefined,
      isApplied: (record) => !isStale(record?.current),
    },
    options,
  );
}

import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";

/** A change is tried on a newer head at most this often before it is given up. */
export const MAX_LOST_RACES = 20;

/** The longest pause between two attempts; each is drawn from [0, min(limit, 10 · 2^n)) after n lost races. */
const maxPauseMs = 1000;

/** Waits before the next attempt, at random so that competitors do not meet again. */
export async function pauseAfterLostRace(
  context: LibraryContext,
  lostRaces: number,
  options?: CallOptions,
): Promise<void> {
  const limit = Math.min(maxPauseMs, 10 * 2 ** lostRaces);
  await context.clock.sleep((context.random.nextUint32() / 2 ** 32) * limit, options?.signal);
}

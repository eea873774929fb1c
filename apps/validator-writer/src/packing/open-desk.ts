import { availableParallelism } from "node:os";

import type { PackingSettings } from "@foretile/prediction-store";

import type { AnswerDesk } from "./answer-desk.ts";
import { LocalDesk } from "./local-desk.ts";
import { ThreadedDesk } from "./threaded-desk.ts";

/** More than these wait for the reader, which is one. */
export const MAX_THREADS = 8;

/** Unless more are asked for. */
const MAX_DEFAULT_THREADS = 4;

/** As many threads as the machine runs at once, up to a few. */
export function defaultThreadCount(): number {
  return Math.min(availableParallelism(), MAX_DEFAULT_THREADS);
}

/**
 * Packs on the calling thread, and on workers beside it for more threads than one.
 *
 * @param settings may be known later, but before the first answer
 */
export function openDesk(
  settings: PackingSettings | Promise<PackingSettings>,
  threadCount: number,
): AnswerDesk {
  return threadCount > 1 ? new ThreadedDesk(settings, { threadCount }) : new LocalDesk(settings);
}

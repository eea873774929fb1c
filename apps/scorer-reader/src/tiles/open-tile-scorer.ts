import { availableParallelism } from "node:os";

import { LocalTileScorer } from "./local-tile-scorer.ts";
import { ThreadedTileScorer } from "./threaded-tile-scorer.ts";
import type { TileScorer } from "./tile-scorer.ts";

/** Each thread costs some 60 to 90 MB, most with 1000 miners and more; more than these wait for the store. */
export const MAX_THREADS = 8;

/** Unless more are asked for: keeps a run under 700 MB whatever it scores. */
const MAX_DEFAULT_THREADS = 4;

/** As many threads as the machine runs at once, up to a few. */
export function defaultThreadCount(): number {
  return Math.min(availableParallelism(), MAX_DEFAULT_THREADS);
}

/** Scores on the calling thread, and with more threads than one on workers beside it. */
export function openTileScorer(storeUrl: string, threadCount: number): TileScorer {
  // A store in memory belongs to its process's main thread.
  const shareable = !storeUrl.toLowerCase().startsWith("memory:");
  return threadCount > 1 && shareable
    ? new ThreadedTileScorer(storeUrl, { threadCount })
    : new LocalTileScorer(storeUrl);
}

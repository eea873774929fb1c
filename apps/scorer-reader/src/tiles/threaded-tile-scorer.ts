import { ScoringThread } from "./scoring-thread.ts";
import type { TileRun } from "@foretile/prediction-store";

import type { ScoreTilesOptions, ScoringJob, TileOutcome, TileScorer } from "./tile-scorer.ts";

/**
 * Tiles a thread is given at once: about a tenth of a second, so that all threads end together and cancelling is swift.
 * More only when one request brings more.
 */
const TILES_AT_ONCE = 4;

// Built, both files lie side by side in one folder; in the sources as well.
const defaultEntry = new URL(
  import.meta.url.endsWith(".ts") ? "./score-worker.ts" : "./score-worker.js",
  import.meta.url,
);

export interface ThreadedTileScorerOptions {
  /** At least 1. */
  readonly threadCount: number;
  /** The module that each thread runs. Default: the scoring thread. */
  readonly entry?: URL | undefined;
}

/**
 * Scores on worker threads that open the store by its URL; who is free takes the next tiles. Threads start when there is
 * work for them.
 */
export class ThreadedTileScorer implements TileScorer {
  readonly #threads: ScoringThread[] = [];
  readonly #start: () => ScoringThread;
  readonly #threadCount: number;

  constructor(storeUrl: string, { threadCount, entry = defaultEntry }: ThreadedTileScorerOptions) {
    this.#threadCount = threadCount;
    this.#start = () => new ScoringThread(entry, { storeUrl });
  }

  async score(
    job: ScoringJob,
    runs: readonly Pick<TileRun, "minerIds">[],
    { signal, onScored }: ScoreTilesOptions = {},
  ): Promise<readonly TileOutcome[]> {
    const wanted = partsOf(runs);
    const threadCount = Math.min(this.#threadCount, wanted.length);
    while (this.#threads.length < threadCount) this.#threads.push(this.#start());
    const parts: (readonly TileOutcome[])[] = [];
    let next = 0;
    const work = async (thread: ScoringThread): Promise<void> => {
      for (;;) {
        const position = next;
        const part = wanted[position];
        if (part === undefined) return;
        next += 1;
        signal?.throwIfAborted();
        parts[position] = await thread.score(job, part);
        onScored?.(part.length);
      }
    };
    const stopAll = (error: unknown): never => {
      next = wanted.length;
      throw error;
    };
    const ends = await Promise.allSettled(
      this.#threads.map((thread) => work(thread).catch(stopAll)),
    );
    const failure = ends.find((end) => end.status === "rejected");
    if (failure !== undefined) throw failure.reason as Error;
    return parts.flat();
  }

  async release(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.release()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#threads.map((thread) => thread[Symbol.asyncDispose]()));
  }
}

/** Runs, a few together when they are short. */
function partsOf(runs: readonly Pick<TileRun, "minerIds">[]): readonly (readonly number[])[] {
  const parts: number[][] = [];
  for (const { minerIds } of runs) {
    const last = parts.at(-1);
    if (last === undefined || last.length + minerIds.length > TILES_AT_ONCE) {
      parts.push([...minerIds]);
    } else {
      last.push(...minerIds);
    }
  }
  return parts;
}

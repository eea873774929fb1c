import { ScoringThread } from "./scoring-thread.ts";
import type { ScoreTilesOptions, ScoringJob, TileOutcome, TileScorer } from "./tile-scorer.ts";

/** Tiles a thread is given at once: about a tenth of a second, so that all threads end together and cancelling is swift. */
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
    minerIds: readonly number[],
    { signal, onScored }: ScoreTilesOptions = {},
  ): Promise<readonly TileOutcome[]> {
    const partCount = Math.ceil(minerIds.length / TILES_AT_ONCE);
    const threadCount = Math.min(this.#threadCount, partCount);
    while (this.#threads.length < threadCount) this.#threads.push(this.#start());
    const parts: (readonly TileOutcome[])[] = [];
    let next = 0;
    const takePart = (): number | undefined => {
      if (next >= minerIds.length) return undefined;
      next += TILES_AT_ONCE;
      return next - TILES_AT_ONCE;
    };
    const work = async (thread: ScoringThread): Promise<void> => {
      for (let from = takePart(); from !== undefined; from = takePart()) {
        signal?.throwIfAborted();
        const part = minerIds.slice(from, from + TILES_AT_ONCE);
        parts[from / TILES_AT_ONCE] = await thread.score(job, part);
        onScored?.(part.length);
      }
    };
    const stopAll = (error: unknown): never => {
      next = minerIds.length;
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

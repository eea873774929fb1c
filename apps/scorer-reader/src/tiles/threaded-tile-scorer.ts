import type { TileRun } from "@foretile/prediction-store";
import { SharedRanges, WorkerPool } from "@foretile/worker-pool";

import { LocalTileScorer } from "./local-tile-scorer.ts";
import { type Damage, type ScoreRange, scoreShare, type SharedJob } from "./score-share.ts";
import { SharedScores } from "./shared-scores.ts";
import type { ScoreTilesOptions, ScoringJob, TileOutcome, TileScorer } from "./tile-scorer.ts";
import type { ScoreQuestion } from "./worker-questions.ts";

/**
 * Tiles a thread takes at once: some hundredths of a second, so that all threads end together and cancelling is swift.
 * More only when one request brings more.
 */
const TILES_AT_ONCE = 4;

/**
 * Of short-lived objects, per worker. The workers read the manifest of a request each time they open the store; left to
 * itself each heap grows by some 60 MB of garbage, with no gain in speed.
 */
const MAX_YOUNG_GENERATION_MB = 16;

// Built, both files lie side by side in one folder; in the sources as well.
const defaultEntry = new URL(
  import.meta.url.endsWith(".ts") ? "./score-worker.ts" : "./score-worker.js",
  import.meta.url,
);

export interface ThreadedTileScorerOptions {
  /** The calling thread included; at least 1. */
  readonly threadCount: number;
  /** The module that each worker runs. Default: the scoring thread. */
  readonly entry?: URL | undefined;
}

/**
 * Scores on this thread and on workers beside it, each of which opens the store by its URL; who is free takes the next
 * tiles. Workers start when there is work for them.
 */
export class ThreadedTileScorer implements TileScorer {
  readonly #local: LocalTileScorer;
  readonly #pool: WorkerPool<ScoreQuestion, readonly Damage[]>;
  readonly #workerCount: number;

  constructor(storeUrl: string, { threadCount, entry = defaultEntry }: ThreadedTileScorerOptions) {
    this.#local = new LocalTileScorer(storeUrl);
    this.#workerCount = threadCount - 1;
    this.#pool = new WorkerPool(entry, {
      workerCount: this.#workerCount,
      start: { storeUrl },
      resourceLimits: { maxYoungGenerationSizeMb: MAX_YOUNG_GENERATION_MB },
    });
  }

  async score(
    job: ScoringJob,
    runs: readonly Pick<TileRun, "minerIds">[],
    { signal, onScored }: ScoreTilesOptions = {},
  ): Promise<readonly TileOutcome[]> {
    const parts = partsOf(runs);
    const minerIds = parts.flatMap((part) => part.minerIds);
    const ranges = SharedRanges.create(parts.length);
    const scores = SharedScores.create(job, minerIds.length);
    const shared = { job, parts, ranges, scores };
    const progress = tileProgress(shared, onScored);

    const shares = [
      ...this.#askWorkers(shared, signal),
      scoreShare(this.#local, shared, { signal, onPart: progress }),
    ].map(async (share) => {
      try {
        return await share;
      } catch (error) {
        ranges.stop();
        throw error;
      }
    });
    // Nobody may be reading the store any more when this ends.
    const ends = await Promise.allSettled(shares);
    signal?.throwIfAborted();
    const failure = ends.find((end) => end.status === "rejected");
    if (failure !== undefined) throw failure.reason as Error;
    progress();
    const damage = new Map(ends.flatMap((end) => (end.status === "fulfilled" ? end.value : [])));
    return minerIds.flatMap((minerId, tile) => scores.read(tile, minerId, damage.get(tile)) ?? []);
  }

  async release(): Promise<void> {
    await Promise.all([this.#local.release(), this.#pool.askAll({ type: "release" })]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#local.release(), this.#pool[Symbol.asyncDispose]()]);
  }

  #askWorkers(
    { job, parts, ranges, scores }: SharedJob,
    signal: AbortSignal | undefined,
  ): Promise<readonly Damage[]>[] {
    const question: ScoreQuestion = {
      type: "score",
      job,
      parts,
      ranges: ranges.memory,
      scores: scores.memory,
    };
    const count = Math.max(0, Math.min(this.#workerCount, parts.length - 1));
    return Array.from({ length: count }, () => this.#pool.ask(question, { signal }));
  }
}

/** Runs, a few together when they are short. */
function partsOf(runs: readonly Pick<TileRun, "minerIds">[]): readonly ScoreRange[] {
  const parts: { firstTile: number; minerIds: number[] }[] = [];
  let firstTile = 0;
  for (const { minerIds } of runs) {
    const last = parts.at(-1);
    if (last === undefined || last.minerIds.length + minerIds.length > TILES_AT_ONCE) {
      parts.push({ firstTile, minerIds: [...minerIds] });
    } else {
      last.minerIds.push(...minerIds);
    }
    firstTile += minerIds.length;
  }
  return parts;
}

/** @returns tells how many more tiles are done, on all threads together */
function tileProgress(
  { parts, ranges }: SharedJob,
  onScored: ScoreTilesOptions["onScored"],
): () => void {
  const open = new Set(parts.keys());
  return () => {
    if (onScored === undefined) return;
    let count = 0;
    for (const range of open) {
      if (!ranges.isDone(range)) continue;
      open.delete(range);
      count += parts[range]?.minerIds.length ?? 0;
    }
    if (count > 0) onScored(count);
  };
}

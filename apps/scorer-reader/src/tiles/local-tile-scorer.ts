import { setImmediate } from "node:timers/promises";

import { describeError, type OpenedPredictions, openPredictions } from "@foretile/app-kit";
import { KernelMemory } from "@foretile/kernels";
import type { PublishedRequest, TileResult, TileRun } from "@foretile/prediction-store";
import { ScoreWorkspace } from "@foretile/scoring";

import { scoreValues } from "./score-values.ts";
import type { ScoreTilesOptions, ScoringJob, TileOutcome, TileScorer } from "./tile-scorer.ts";

/** Room for one tile: 48 MiB, thirty times what the network asks for. Larger tiles are copied to be scored. */
const ROOM_VALUES = 12 * 1024 * 1024;

/** Beside the tile: what the kernels work with, for panels and ensembles of such tiles. Takes addresses until it is used. */
const MEMORY_BYTES = 4 * ROOM_VALUES + 16 * 1024 * 1024;

/**
 * Scores on the calling thread, one tile at a time in one array that is used again and again. Tiles are unpacked where
 * the kernel scores them.
 */
export class LocalTileScorer implements TileScorer {
  readonly #storeUrl: string;
  readonly #memory = new KernelMemory(MEMORY_BYTES);
  readonly #room = this.#memory.float32(ROOM_VALUES);
  readonly #workspace = new ScoreWorkspace({ memory: this.#memory });
  #opened: OpenedPredictions | undefined;
  #published: PublishedRequest | undefined;

  constructor(storeUrl: string) {
    this.#storeUrl = storeUrl;
  }

  async score(
    job: ScoringJob,
    runs: readonly Pick<TileRun, "minerIds">[],
    { signal, onScored }: ScoreTilesOptions = {},
  ): Promise<readonly TileOutcome[]> {
    const published = await this.#open(job, signal);
    const { shape } = published;
    const out = shape.simulations * shape.steps > ROOM_VALUES ? undefined : this.#room;
    const minerIds = runs.flatMap((run) => run.minerIds);
    const outcomes = new Map<number, TileOutcome>();
    const options = { minerIds, order: "stored", out, signal } as const;
    for await (const result of published.tiles(options)) {
      // Reading and scoring may never wait for anything; signals are heard between tiles all the same.
      await setImmediate();
      signal?.throwIfAborted();
      outcomes.set(result.answer.minerId, this.#scoreTile(job, published, result));
      onScored?.(1);
    }
    return minerIds.flatMap((minerId) => outcomes.get(minerId) ?? []);
  }

  async release(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    this.#published = undefined;
    await opened?.[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #open(
    { key, version }: ScoringJob,
    signal: AbortSignal | undefined,
  ): Promise<PublishedRequest> {
    const memory = this.#memory;
    this.#opened ??= await openPredictions(this.#storeUrl, "read", { memory, signal });
    if (this.#published?.key !== key || this.#published.version !== version) {
      this.#published = await this.#opened.predictions.read(key, { asOf: version, signal });
    }
    return this.#published;
  }

  #scoreTile(
    job: ScoringJob,
    { shape, request }: PublishedRequest,
    { answer: { minerId }, values, error }: TileResult,
  ): TileOutcome {
    if (error !== undefined) {
      return { status: "damaged", minerId, message: describeError(error).message };
    }
    const { timeIncrementSeconds } = request;
    return scoreValues({ minerId, values, shape, timeIncrementSeconds }, job, this.#workspace);
  }
}

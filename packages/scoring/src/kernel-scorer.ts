import {
  bucketCount,
  type CrpsKernel,
  EVALUATION_BYTES,
  hasCrpsKernel,
  type KernelMemory,
  KernelWorkspace,
  loadCrpsKernel,
  MOST_MEMBERS,
  NO_START,
  scratchBytes,
  weightBytes,
} from "@foretile/kernels";

import { crpsWeights, type CrpsEstimator } from "./crps-weights.ts";
import type { TileEvaluation } from "./tile-evaluations.ts";

/** Most values of a tile that is scored in a kernel: 64 MiB. Larger ones keep to the plain way. */
const MOST_VALUES = 2 ** 24;

/** What the kernel found. Arrays are valid until the next call. */
export interface KernelScores {
  /** A price is exactly 0; then there are no scores. */
  readonly zeroPrice: boolean;
  /** One per evaluation, as {@link PlainScorer} gives them. */
  readonly scores: Float64Array;
  /** Numbers of evaluations without a score: a member is not finite. */
  readonly left: Uint32Array;
}

/**
 * Scores all ensembles of a tile in WebAssembly, bit for bit as the plain twin. The tile is copied into the kernel's
 * memory, unless it is there already.
 */
export class KernelScorer {
  readonly #workspace: KernelWorkspace<CrpsKernel>;

  private constructor(shared: KernelMemory | undefined) {
    this.#workspace = new KernelWorkspace(loadCrpsKernel, shared);
  }

  /**
   * @param shared memory to work in; its own, as large as needed, when not given
   * @returns `undefined` where the kernel cannot run
   */
  static create(shared: KernelMemory | undefined): KernelScorer | undefined {
    return hasCrpsKernel() ? new KernelScorer(shared) : undefined;
  }

  /**
   * @param tile `[steps, simulations]`
   * @returns `undefined` when there is no room for it
   */
  score(
    tile: Float32Array,
    simulations: number,
    evaluations: readonly TileEvaluation[],
    estimator: CrpsEstimator,
  ): KernelScores | undefined {
    if (simulations > MOST_MEMBERS || tile.length > MOST_VALUES) return undefined;
    const count = evaluations.length;
    const weights = alignUp(weightBytes(simulations));
    const scratch = alignUp(scratchBytes(simulations));
    const perEvaluation = EVALUATION_BYTES + 8 + 4;
    const place = this.#workspace.take(
      2 * weights + scratch + alignUp(perEvaluation * count) + this.#tileBytes(tile),
    );
    if (place === undefined) return undefined;
    const { memory, kernel, start } = place;

    const below = start;
    const above = below + weights;
    const work = above + weights;
    const table = work + scratch;
    const scoresAt = table + EVALUATION_BYTES * count;
    const leftAt = scoresAt + 8 * count;
    const tileAt =
      memory.addressOf(tile) ?? copyIn(memory, tile, table + alignUp(perEvaluation * count));
    const { buffer } = memory.memory;
    const scores = new Float64Array(buffer, scoresAt, count);
    if (kernel.hasZero(tileAt, tile.length) === 1) {
      return { zeroPrice: true, scores, left: new Uint32Array(0) };
    }

    const { below: belows, above: aboves } = crpsWeights(simulations, estimator);
    new Float64Array(buffer, below, simulations + 1).set(belows);
    new Float64Array(buffer, above, simulations + 1).set(aboves);
    writeEvaluations(
      new DataView(buffer, table, EVALUATION_BYTES * count),
      evaluations,
      simulations,
    );
    const left = kernel.scoreEvaluations(
      tileAt,
      simulations,
      table,
      count,
      scoresAt,
      leftAt,
      below,
      above,
      bucketCount(simulations),
      work,
    );
    return { zeroPrice: false, scores, left: new Uint32Array(buffer, leftAt, left) };
  }

  /** Room for a copy of the tile, when one is needed. */
  #tileBytes(tile: Float32Array): number {
    return this.#workspace.isShared(tile) ? 0 : alignUp(tile.byteLength + 16);
  }
}

function writeEvaluations(
  table: DataView,
  evaluations: readonly TileEvaluation[],
  simulations: number,
): void {
  for (const [number, { interval, index, observation }] of evaluations.entries()) {
    const at = EVALUATION_BYTES * number;
    const start = 4 * index * interval.strideSteps * simulations;
    const end = start + 4 * interval.strideSteps * simulations;
    table.setUint32(at, interval.kind === "price" ? NO_START : start, true);
    table.setUint32(at + 4, end, true);
    table.setFloat64(at + 8, observation, true);
  }
}

function copyIn(memory: KernelMemory, tile: Float32Array, address: number): number {
  // As words: the bits of NaN are none of the copy's business.
  const words = new Int32Array(tile.buffer, tile.byteOffset, tile.length);
  memory.words(address, tile.length).set(words);
  return address;
}

function alignUp(byteLength: number): number {
  return Math.ceil(byteLength / 16) * 16;
}

import { crpsKernel } from "./generated/crps-kernel.ts";
import { canRunKernel, instantiateKernel } from "./instantiate-kernel.ts";
import type { KernelMemory } from "./kernel-memory.ts";

/** Bytes of an evaluation: uint32 offset of the starts, uint32 offset of the ends, float64 observation. */
export const EVALUATION_BYTES = 16;

/** The offset of starts of an evaluation whose members are the ends themselves. */
export const NO_START = 0xffff_ffff;

/** Most members of an ensemble. */
export const MOST_MEMBERS: number = 2 ** 15;

/**
 * CRPS of many ensembles of one tile. Arguments are addresses in the kernel's memory and sizes; nothing is checked
 * here. `assembly/crps.as` is the source, docs/scoring.md has the formulas.
 */
export interface CrpsKernel {
  /** 1 when one of the floats is zero, of either sign. */
  hasZero(floats: number, count: number): number;

  /**
   * @param tile float32 `[steps, simulations]`
   * @param simulations at most {@link MOST_MEMBERS}
   * @param evaluations `count` of {@link EVALUATION_BYTES}, with offsets in bytes from the start of the tile
   * @param scores gets `count` float64
   * @param left gets the uint32 numbers of evaluations that are not scored, at most `count`
   * @param below {@link weightBytes}: weights of terms up to the observation
   * @param above the same for terms behind it
   * @param buckets {@link bucketCount}
   * @param scratch {@link scratchBytes}
   * @returns how many evaluations are left: those with a member that is not finite
   */
  scoreEvaluations(
    tile: number,
    simulations: number,
    evaluations: number,
    count: number,
    scores: number,
    left: number,
    below: number,
    above: number,
    buckets: number,
    scratch: number,
  ): number;
}

/** Buckets that members are dealt into: about two each, a power of two. */
export function bucketCount(simulations: number): number {
  return 2 ** Math.max(3, Math.ceil(Math.log2(2 * simulations)));
}

/** Bytes of one array of weights. */
export function weightBytes(simulations: number): number {
  return 8 * (simulations + 2);
}

/** Bytes of the kernel's working memory: buckets, four rows of terms and three of members, four numbers. */
export function scratchBytes(simulations: number): number {
  const row = Math.ceil((8 * simulations + 48) / 16) * 16;
  return 2 * bucketCount(simulations) + 7 * row + 32;
}

/** `true` where {@link loadCrpsKernel} gives one. */
export function hasCrpsKernel(): boolean {
  return canRunKernel(crpsKernel);
}

/** The kernel on `memory`, or `undefined` where WebAssembly or its vectors are missing. */
export function loadCrpsKernel(memory: KernelMemory): CrpsKernel | undefined {
  return instantiateKernel(crpsKernel, memory) as unknown as CrpsKernel | undefined;
}

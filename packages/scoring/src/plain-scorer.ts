import { crpsWeights, type CrpsEstimator, type CrpsWeights } from "./crps-weights.ts";
import { MemberSorter } from "./member-sorter.ts";
import { memberChanges } from "./price-changes.ts";
import { sortedCrps } from "./sorted-crps.ts";
import type { TileEvaluation } from "./tile-evaluations.ts";

/** Scores one ensemble after the other, whatever its members are. */
export class PlainScorer {
  readonly #sorter: MemberSorter;
  readonly #estimator: CrpsEstimator;
  #weights: CrpsWeights | undefined;

  constructor(simulations: number, estimator: CrpsEstimator) {
    this.#sorter = new MemberSorter(simulations);
    this.#estimator = estimator;
  }

  /** @returns NaN when every member is NaN */
  score(tile: Float32Array | Float64Array, evaluation: TileEvaluation): number {
    const sorter = this.#sorter;
    memberChanges(tile, evaluation.interval, evaluation.index, sorter.members);
    const present = sorter.sort();
    if (present === 0) return Number.NaN;
    return sortedCrps(sorter.sorted, this.#weightsOf(present), evaluation.observation);
  }

  #weightsOf(count: number): CrpsWeights {
    if (this.#weights?.count !== count) this.#weights = crpsWeights(count, this.#estimator);
    return this.#weights;
  }
}

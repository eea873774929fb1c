import type { KernelMemory } from "@foretile/kernels";

import type { CrpsEstimator } from "./crps-weights.ts";
import { EvaluationPlanner } from "./evaluation-plan.ts";
import { KernelScorer } from "./kernel-scorer.ts";
import { PlainScorer } from "./plain-scorer.ts";

export interface ScoreWorkspaceOptions {
  /**
   * Where the WebAssembly kernel works. Tiles that are in it are scored in place; when it is full, or where there is no
   * WebAssembly with vectors, the work is done without, slower and with the same bits. Default: memory of its own, of
   * the size of a tile and a little.
   */
  readonly memory?: KernelMemory;
}

/**
 * What {@link scoreTile} reuses from tile to tile: a copy of the tile, and 100 bytes per simulation. One per thread; the
 * contents mean nothing between calls.
 */
export class ScoreWorkspace {
  readonly #kernel: KernelScorer | undefined;
  readonly #planner = new EvaluationPlanner();
  #plain:
    | {
        readonly simulations: number;
        readonly estimator: CrpsEstimator;
        readonly scorer: PlainScorer;
      }
    | undefined;

  constructor(options: ScoreWorkspaceOptions = {}) {
    this.#kernel = KernelScorer.create(options.memory);
  }

  /** @internal */
  get kernel(): KernelScorer | undefined {
    return this.#kernel;
  }

  /** @internal */
  get planner(): EvaluationPlanner {
    return this.#planner;
  }

  /** @internal */
  plainScorer(simulations: number, estimator: CrpsEstimator): PlainScorer {
    if (this.#plain?.simulations !== simulations || this.#plain.estimator !== estimator) {
      const scorer = new PlainScorer(simulations, estimator);
      this.#plain = { simulations, estimator, scorer };
    }
    return this.#plain.scorer;
  }
}

import type { CrpsEstimator } from "./crps-weights.ts";
import type { ScoreWorkspace } from "./score-workspace.ts";
import type { TileEvaluation } from "./tile-evaluations.ts";

/**
 * Scores ensembles of a tile: in the kernel those of finite members, the others plainly.
 *
 * @param tile `[steps, simulations]`
 * @returns a score per evaluation, in the unit of the members, fresh or valid until the next call; `undefined` when a
 *   price of the tile is exactly 0
 */
export function scoreEvaluations(
  tile: Float32Array | Float64Array,
  simulations: number,
  evaluations: readonly TileEvaluation[],
  estimator: CrpsEstimator,
  workspace: ScoreWorkspace,
): Float64Array | undefined {
  const plain = workspace.plainScorer(simulations, estimator);
  const found =
    tile instanceof Float32Array
      ? workspace.kernel?.score(tile, simulations, evaluations, estimator)
      : undefined;
  if (found === undefined) {
    if (tile.includes(0)) return undefined;
    return Float64Array.from(evaluations, (evaluation) => plain.score(tile, evaluation));
  }
  if (found.zeroPrice) return undefined;
  for (const number of found.left) {
    found.scores[number] = plain.score(tile, evaluations[number] as TileEvaluation);
  }
  return found.scores;
}

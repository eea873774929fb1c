import type { CrpsEstimator } from "./crps-weights.ts";
import { pairwiseSum } from "./pairwise-sum.ts";
import { BASIS_POINTS } from "./price-changes.ts";
import { scoreEvaluations } from "./score-evaluations.ts";
import { ScoreWorkspace } from "./score-workspace.ts";
import { ScoringError } from "./scoring-error.ts";

/** Prices of a tile, step-major: the price of simulation s at step t is `tile[t * simulations + s]`. */
export type TileValues = Float32Array | Float64Array;

export interface TileShape {
  /** Paths in the tile, at least 1. */
  readonly simulations: number;
  /** Points of every path, the start included, at least 1. */
  readonly steps: number;
}

/** What a label says about scoring. */
export interface ScoringRules {
  readonly timeIncrementSeconds: number;
  /**
   * Seconds by name, in order. `…_gaps` scores the one change from the start, `…_abs` scores prices, every other name
   * scores consecutive changes. Names must not be whole numbers: a record would reorder them.
   */
  readonly intervals: Readonly<Record<string, number>>;
  /** Default `plain`. */
  readonly estimator?: CrpsEstimator;
}

/**
 * The outcome for one tile. A number in it is always finite.
 *
 * - `scored`: `crps` is the total in basis points, `intervals` its parts by name; an interval that is longer than the
 *   path has no part. `evaluations` counts the ensembles scored: 0 (and a total of 0) when the realized path leaves
 *   nothing to compare with.
 * - `invalid`: the tile has a price of exactly 0 (`zero-price`), or its total is NaN or infinite (`not-finite`).
 */
export type TileScore =
  | {
      readonly status: "scored";
      readonly crps: number;
      readonly intervals: Readonly<Record<string, number>>;
      readonly evaluations: number;
    }
  | { readonly status: "invalid"; readonly reason: "zero-price" | "not-finite" };

/** One ensemble that was scored. */
export interface Evaluation {
  readonly interval: string;
  /** Which value of the interval, from 0. */
  readonly index: number;
  /** Which run of values without a gap, from 0. */
  readonly block: number;
  /** Basis points; may be NaN or infinite when the tile turns out invalid. */
  readonly crps: number;
}

/**
 * Scores one tile against what happened: the sum over intervals of the CRPS of every observed change, in basis points.
 * Lower is better. `docs/scoring.md` has the formulas.
 *
 * @param tile read only during the call
 * @param realized prices on the grid, length `steps`; NaN where missing, see {@link realizedPath}
 * @param workspace pass the same one for many tiles to spare allocations
 * @throws {ScoringError} `invalid-argument` for lengths that do not agree, an interval shorter than the increment, or a
 *   realized price that is 0 or infinite; never for what the tile holds
 */
export function scoreTile(
  tile: TileValues,
  shape: TileShape,
  realized: Float64Array,
  rules: ScoringRules,
  workspace: ScoreWorkspace = new ScoreWorkspace(),
): TileScore {
  return evaluate(tile, shape, realized, rules, workspace, undefined);
}

/**
 * {@link scoreTile} with every evaluation it is made of. When the outcome is `not-finite` the evaluations show where it
 * comes from; a tile with a zero price has none.
 *
 * @throws {ScoringError} `invalid-argument` as {@link scoreTile}
 */
export function scoreTileDetailed(
  tile: TileValues,
  shape: TileShape,
  realized: Float64Array,
  rules: ScoringRules,
): { readonly score: TileScore; readonly evaluations: readonly Evaluation[] } {
  const evaluations: Evaluation[] = [];
  const score = evaluate(tile, shape, realized, rules, new ScoreWorkspace(), (evaluation) => {
    evaluations.push(evaluation);
  });
  return { score, evaluations };
}

function evaluate(
  tile: TileValues,
  shape: TileShape,
  realized: Float64Array,
  rules: ScoringRules,
  workspace: ScoreWorkspace,
  visit: ((evaluation: Evaluation) => void) | undefined,
): TileScore {
  checkShape(tile, shape, realized);
  const { observed, evaluations } = workspace.planner.plan(realized, rules);
  const { estimator = "plain" } = rules;
  const scores = scoreEvaluations(tile, shape.simulations, evaluations, estimator, workspace);
  if (scores === undefined) return { status: "invalid", reason: "zero-price" };

  const lastPrice = realized[realized.length - 1] as number;
  for (const [number, { interval, index, block }] of evaluations.entries()) {
    if (interval.kind === "price") {
      scores[number] = ((scores[number] as number) / lastPrice) * BASIS_POINTS;
    }
    visit?.({ interval: interval.name, index, block, crps: scores[number] as number });
  }
  const parts: [name: string, sum: number][] = [];
  let total = 0;
  let at = 0;
  for (const { interval, blocks } of observed) {
    let sum = 0;
    for (const { from, to } of blocks) {
      sum += pairwiseSum(scores, at, at + to - from);
      at += to - from;
    }
    parts.push([interval.name, sum]);
    total += sum;
  }
  if (!Number.isFinite(total)) return { status: "invalid", reason: "not-finite" };
  return {
    status: "scored",
    crps: total,
    intervals: Object.fromEntries(parts),
    evaluations: evaluations.length,
  };
}

function checkShape(tile: TileValues, shape: TileShape, realized: Float64Array): void {
  const { simulations, steps } = shape;
  for (const [name, value] of Object.entries({ simulations, steps })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new ScoringError(
        "invalid-argument",
        `shape must be whole and positive ${name}=${value}`,
      );
    }
  }
  if (tile.length !== simulations * steps) {
    throw new ScoringError(
      "invalid-argument",
      `tile does not have its shape length=${tile.length} simulations=${simulations} steps=${steps}`,
    );
  }
  if (realized.length !== steps) {
    throw new ScoringError(
      "invalid-argument",
      `realized path must have a value per step length=${realized.length} steps=${steps}`,
    );
  }
}

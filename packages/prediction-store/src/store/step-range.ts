import { PANEL_STEPS, type TileShape } from "@foretile/codecs";
import { PredictionStoreError } from "../prediction-store-error.ts";

/** Steps of a request, half-open: 0 ≤ `from` < `to` ≤ its step count. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

/** A run of consecutive panels, half-open. */
export interface PanelSpan {
  readonly first: number;
  readonly end: number;
}

/** Every step of a request. */
export function allSteps({ steps }: TileShape): StepRange {
  return { from: 0, to: steps };
}

/** The numbers of the panels in a span. */
export function panelsInSpan({ first, end }: PanelSpan): readonly number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}

/**
 * The panels that hold some steps.
 *
 * @throws {PredictionStoreError} `invalid-slice` unless 0 ≤ from < to ≤ steps
 */
export function panelsOf(steps: StepRange, shape: TileShape): PanelSpan {
  const { from, to } = steps;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || from >= to) {
    throw invalidSlice(steps, shape);
  }
  if (to > shape.steps) throw invalidSlice(steps, shape);
  return { first: Math.floor(from / PANEL_STEPS), end: Math.ceil(to / PANEL_STEPS) };
}

/** The panel that holds a step. */
export function panelOf(step: number): number {
  return Math.floor(step / PANEL_STEPS);
}

/**
 * The panels of runs of steps.
 *
 * @throws {PredictionStoreError} `invalid-slice` unless the runs are of the request, ascending, and each in a panel of its
 *   own
 */
export function panelsOfRuns(runs: readonly StepRange[], shape: TileShape): readonly number[] {
  let before = -1;
  return runs.map((steps) => {
    const { first, end } = panelsOf(steps, shape);
    if (end !== first + 1 || first <= before) {
      throw new PredictionStoreError(
        "invalid-slice",
        `runs must be ascending, each in a panel of its own from=${steps.from} to=${steps.to}`,
      );
    }
    before = first;
    return first;
  });
}

function invalidSlice({ from, to }: StepRange, shape: TileShape): PredictionStoreError {
  return new PredictionStoreError(
    "invalid-slice",
    `steps must be a half-open range inside the request from=${from} to=${to} steps=${shape.steps}`,
  );
}

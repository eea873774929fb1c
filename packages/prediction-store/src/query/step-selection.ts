import { PANEL_STEPS, type TileShape } from "@foretile/codecs";
import { PredictionStoreError } from "../prediction-store-error.ts";
import { panelsInSpan } from "../tile/tile-reader.ts";
import { panelsOf, type StepRange } from "../store/step-range.ts";

/** Consecutive steps, or some steps in any order. */
export type StepSelection = StepRange | readonly number[];

/** Every step of a request. */
export function allSteps({ steps }: TileShape): StepRange {
  return { from: 0, to: steps };
}

/**
 * The selected steps, ascending, each once.
 *
 * @throws {PredictionStoreError} `invalid-slice` when there are none, or one is not of the request
 */
export function selectedSteps(
  selection: StepSelection | undefined,
  shape: TileShape,
): readonly number[] {
  if (selection === undefined) return stepsOf(allSteps(shape));
  if ("from" in selection) {
    panelsOf(selection, shape);
    return stepsOf(selection);
  }
  const outside = selection.find(
    (step) => !Number.isSafeInteger(step) || step < 0 || step >= shape.steps,
  );
  if (outside !== undefined || selection.length === 0) {
    throw new PredictionStoreError(
      "invalid-slice",
      `steps must be some of the request's step=${outside ?? "none"} steps=${shape.steps}`,
    );
  }
  return [...new Set(selection)].toSorted((left, right) => left - right);
}

/** The panels that hold some steps, ascending. */
export function panelsOfSteps(steps: readonly number[]): readonly number[] {
  return [...new Set(steps.map((step) => Math.floor(step / PANEL_STEPS)))];
}

/**
 * The panels that hold consecutive steps.
 *
 * @throws {PredictionStoreError} `invalid-slice` unless 0 ≤ from < to ≤ steps
 */
export function panelsOfRange(range: StepRange, shape: TileShape): readonly number[] {
  return panelsInSpan(panelsOf(range, shape));
}

function stepsOf({ from, to }: StepRange): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

import { PANEL_STEPS, type TileShape } from "@foretile/codecs";
import { PredictionStoreError } from "../prediction-store-error.ts";
import { allSteps, panelOf, panelsInSpan, panelsOf, type StepRange } from "../store/step-range.ts";

/** Consecutive steps, or some steps in any order. */
export type StepSelection = StepRange | readonly number[];

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

/** Some steps, ascending, as runs in a panel each: from the first to the last that is wanted of it. */
export function runsOfSteps(steps: readonly number[]): readonly StepRange[] {
  const runs = new Map<number, StepRange>();
  for (const step of steps) {
    const panel = panelOf(step);
    runs.set(panel, { from: runs.get(panel)?.from ?? step, to: step + 1 });
  }
  return [...runs.values()];
}

/**
 * Consecutive steps as runs in a panel each.
 *
 * @throws {PredictionStoreError} `invalid-slice` unless 0 ≤ from < to ≤ steps
 */
export function runsOfRange(range: StepRange, shape: TileShape): readonly StepRange[] {
  return panelsInSpan(panelsOf(range, shape)).map((panel) => ({
    from: Math.max(range.from, panel * PANEL_STEPS),
    to: Math.min(range.to, (panel + 1) * PANEL_STEPS),
  }));
}

function stepsOf({ from, to }: StepRange): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

import { PANEL_STEPS, panelCount, type TileShape } from "@foretile/codecs";
import { PredictionStoreError } from "../prediction-store-error.ts";
import type { PanelSpan } from "../tile/tile-reader.ts";

/** Steps of a request, half-open: 0 ≤ `from` < `to` ≤ its step count. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
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

/** @throws {PredictionStoreError} `invalid-slice` unless they are panels of the request, ascending */
export function checkPanels(panels: readonly number[], shape: TileShape): void {
  const count = panelCount(shape);
  const wrong = panels.find(
    (panel, index) =>
      !Number.isSafeInteger(panel) || panel >= count || panel <= (panels[index - 1] ?? -1),
  );
  if (wrong === undefined) return;
  throw new PredictionStoreError(
    "invalid-slice",
    `panels must be ascending and inside the request panel=${wrong} panels=${count}`,
  );
}

function invalidSlice({ from, to }: StepRange, shape: TileShape): PredictionStoreError {
  return new PredictionStoreError(
    "invalid-slice",
    `steps must be a half-open range inside the request from=${from} to=${to} steps=${shape.steps}`,
  );
}

import { requireInteger } from "../require-integer.ts";

/** Steps of one panel as this release writes them. Frames record it, so readers take it from there. */
export const PANEL_STEPS = 32;

/** Size of a tile. Its values are float32 `[steps, simulations]` row-major: one step after the other. */
export interface TileShape {
  /** Values of one step, at least 1. */
  readonly simulations: number;
  /** At least 1. */
  readonly steps: number;
}

/** The panels `first` ≤ panel < `first + count` of a tile. */
export interface PanelRange {
  readonly first: number;
  /** At least 1. */
  readonly count: number;
}

/** Some consecutive steps of a panel, counted from its first: 0 ≤ `from` < `to` ≤ the panel's steps. */
export interface PanelSteps {
  readonly from: number;
  readonly to: number;
}

/**
 * Number of panels of a tile; the last one may be shorter.
 *
 * @param panelSteps default {@link PANEL_STEPS}
 */
export function panelCount(
  shape: Pick<TileShape, "steps">,
  panelSteps: number = PANEL_STEPS,
): number {
  return Math.ceil(shape.steps / panelSteps);
}

/**
 * Steps of one panel: `panelSteps`, or what is left for the last.
 *
 * @param panel from 0; beyond the tile there are no steps
 * @param panelSteps default {@link PANEL_STEPS}
 * @throws {CodecError} `invalid-argument` when `panel` is no panel number
 */
export function stepsInPanel(
  shape: Pick<TileShape, "steps">,
  panel: number,
  panelSteps: number = PANEL_STEPS,
): number {
  requireInteger("panel", panel, 0, Number.MAX_SAFE_INTEGER);
  return Math.max(0, Math.min(panelSteps, shape.steps - panel * panelSteps));
}

/** Number of values in a range of panels that lies in the tile. */
export function valuesInPanels(
  shape: TileShape,
  panels: PanelRange,
  panelSteps: number = PANEL_STEPS,
): number {
  const start = panels.first * panelSteps;
  const end = Math.min(shape.steps, start + panels.count * panelSteps);
  return (end - start) * shape.simulations;
}

import type { ForecastRequest } from "../request/forecast-request.ts";
import type { LabelConfig } from "./label-config.ts";

/**
 * Whether `request` has the sizes of its label: increment, length and number of simulations.
 *
 * @returns why it does not belong to the label, or `undefined` when it does
 */
export function checkRequestAgainstLabel(
  request: ForecastRequest,
  config: LabelConfig,
): string | undefined {
  return (
    difference("label", config.label, request.label) ??
    difference("time increment", config.timeIncrementSeconds, request.timeIncrementSeconds) ??
    difference("time length", config.timeLengthSeconds, request.timeLengthSeconds) ??
    difference("number of simulations", config.simulations, request.simulations)
  );
}

function difference<T extends string | number>(
  what: string,
  expected: T,
  actual: T,
): string | undefined {
  if (actual === expected) return undefined;
  return `${what} is not the label's expected=${expected} actual=${actual}`;
}

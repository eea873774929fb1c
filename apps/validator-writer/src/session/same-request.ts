import type { ForecastRequest } from "@foretile/prediction-store";

/** `true` when both describe the same request, field by field. */
export function sameRequest(a: ForecastRequest, b: ForecastRequest): boolean {
  return (
    a.label === b.label &&
    a.asset === b.asset &&
    a.startUnixSeconds === b.startUnixSeconds &&
    a.timeIncrementSeconds === b.timeIncrementSeconds &&
    a.timeLengthSeconds === b.timeLengthSeconds &&
    a.simulations === b.simulations
  );
}

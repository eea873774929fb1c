import type { ForecastRequest } from "@foretile/prediction-store";

/** The moment of a step of a request, in unix seconds. */
export function stepUnixSeconds(request: ForecastRequest, step: number): number {
  return request.startUnixSeconds + step * request.timeIncrementSeconds;
}

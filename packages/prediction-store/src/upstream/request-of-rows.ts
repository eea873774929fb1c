import type { LabelConfig } from "../label/label-config.ts";
import type { ForecastRequest } from "../request/forecast-request.ts";
import type { UpstreamRequest } from "./list-upstream-requests.ts";

/** The request that rows of an asset and a start belong to: rows themselves tell no sizes, those of the label count. */
export function requestOfRows(
  { label, timeIncrementSeconds, timeLengthSeconds, simulations }: LabelConfig,
  { asset, startUnixSeconds }: UpstreamRequest,
): ForecastRequest {
  return { label, asset, startUnixSeconds, timeIncrementSeconds, timeLengthSeconds, simulations };
}

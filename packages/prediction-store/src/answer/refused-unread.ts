import { type ForecastRequest, stepCount } from "../request/forecast-request.ts";
import { type InvalidAnswer, rejected } from "./answer.ts";

/** Room for one point: 9 characters, a separator, and as much again for line breaks, indents and idle zeros. */
const POINT_BYTES = 32;
/** Room for the two elements before the paths and what surrounds them. */
const HEADER_BYTES = 4096;

/**
 * The most bytes that an answer to `request` may have as JSON or MessagePack, far more than a usual one has. A larger one
 * is refused unread; who receives answers can stop receiving there.
 */
export function maxPredictionBytes(
  request: Pick<ForecastRequest, "simulations" | "timeIncrementSeconds" | "timeLengthSeconds">,
): number {
  return HEADER_BYTES + request.simulations * (stepCount(request) + 1) * POINT_BYTES;
}

/** The rules that come before the first byte: an answer in time, and of a size that can be one. */
export function refusedUnread(
  bytes: Uint8Array,
  request: ForecastRequest,
  processTimeSeconds: number | undefined,
): InvalidAnswer | undefined {
  if (processTimeSeconds === undefined) return rejected("no_process_time", "no answer in time");
  const limit = maxPredictionBytes(request);
  if (bytes.length <= limit) return undefined;
  return rejected("too_large", `answer is too large limit=${limit} bytes=${bytes.length}`);
}

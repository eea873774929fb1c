import { stepCount, type ForecastRequest } from "../request/forecast-request.ts";
import type { StepRange } from "../store/step-range.ts";
import { invalidQuery } from "./invalid-query.ts";

/** A half-open range of moments, whole seconds since 1970-01-01T00:00:00Z; an end that is missing is open. */
export interface TimeWindow {
  readonly fromUnixSeconds?: number | undefined;
  readonly toUnixSeconds?: number | undefined;
}

/**
 * The steps of a request whose moments lie in a window; `undefined` when there are none.
 *
 * @throws {PredictionStoreError} `invalid-query` unless the window's ends are whole and `from` < `to`
 */
export function stepsInWindow(request: ForecastRequest, window: TimeWindow): StepRange | undefined {
  checkWindow(window);
  const { startUnixSeconds, timeIncrementSeconds } = request;
  const { fromUnixSeconds = -Infinity, toUnixSeconds = Infinity } = window;
  const firstFrom = (moment: number): number =>
    Math.ceil((moment - startUnixSeconds) / timeIncrementSeconds);
  const from = Math.max(0, firstFrom(fromUnixSeconds));
  const to = Math.min(stepCount(request), firstFrom(toUnixSeconds));
  return from < to ? { from, to } : undefined;
}

/** @throws {PredictionStoreError} `invalid-query` */
export function checkWindow({ fromUnixSeconds, toUnixSeconds }: TimeWindow): void {
  for (const end of [fromUnixSeconds, toUnixSeconds]) {
    if (end === undefined || Number.isSafeInteger(end)) continue;
    throw invalidQuery(`window must begin and end with a whole second second=${end}`);
  }
  if (fromUnixSeconds === undefined || toUnixSeconds === undefined) return;
  if (fromUnixSeconds < toUnixSeconds) return;
  throw invalidQuery(`window must end after it begins from=${fromUnixSeconds} to=${toUnixSeconds}`);
}

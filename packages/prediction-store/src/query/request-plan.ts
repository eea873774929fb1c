import { stepCount, type ForecastRequest } from "../request/forecast-request.ts";
import type { RequestFilter } from "../store/request-symbol.ts";
import type { StepRange } from "../store/step-range.ts";
import { stepsInWindow, type TimeWindow } from "./time-window.ts";

/**
 * How a request's steps lie to a window:
 *
 * - `intersects`: some step is in it.
 * - `within`: every step is in it.
 * - `starts-in`: the first step is in it.
 * - `ends-in`: the last step is in it.
 */
export type TimeRelation = "intersects" | "within" | "starts-in" | "ends-in";

/** Every relation, the default first. */
export const timeRelations: readonly TimeRelation[] = [
  "intersects",
  "within",
  "starts-in",
  "ends-in",
];

/**
 * The steps of a request that lie in a window, when the request is related to it as wanted.
 *
 * @returns never an empty range; `undefined` when the request is not wanted
 * @throws {PredictionStoreError} `invalid-query` for a window that is none
 */
export function relatedSteps(
  request: ForecastRequest,
  window: TimeWindow,
  relation: TimeRelation,
): StepRange | undefined {
  const steps = stepsInWindow(request, window);
  if (steps === undefined) return undefined;
  const first = steps.from === 0;
  const last = steps.to === stepCount(request);
  return isRelated[relation]({ first, last }) ? steps : undefined;
}

/** By which of its steps lie in the window, when some do. */
const isRelated: Readonly<
  Record<TimeRelation, (has: { readonly first: boolean; readonly last: boolean }) => boolean>
> = {
  intersects: () => true,
  within: ({ first, last }) => first && last,
  "starts-in": ({ first }) => first,
  "ends-in": ({ last }) => last,
};

/**
 * Which start times a request can have that is related to the window as wanted. How long it lasts is only known once it
 * is read, so that `intersects` and `ends-in` have no earliest start.
 */
export function startBounds(
  window: TimeWindow,
  relation: TimeRelation,
): Pick<RequestFilter, "fromUnixSeconds" | "toUnixSeconds"> {
  const { fromUnixSeconds, toUnixSeconds } = window;
  const startsInside = relation === "within" || relation === "starts-in";
  return { fromUnixSeconds: startsInside ? fromUnixSeconds : undefined, toUnixSeconds };
}

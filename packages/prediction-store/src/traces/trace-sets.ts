import type { RequestAddress } from "../request/request-key.ts";

/** The trace set of scores: `float64`. */
export const SCORE_TRACES = "scores";

/** The trace set of what miners sent: `digest`. */
export const DIGEST_TRACES = "digests";

/** Positions of both sets are minutes since 1970-01-01T00:00Z, so a tile is a day of UTC. */
export const TRACE_TILE_SIZE: number = 24 * 60;

const POSITION_SECONDS = 60;

/** The position of a request in both sets: the minute in which it starts. */
export function tracePosition(startUnixSeconds: number): number {
  return Math.floor(startUnixSeconds / POSITION_SECONDS);
}

/** When a position of both sets begins, seconds since 1970. */
export function positionUnixSeconds(position: number): number {
  return position * POSITION_SECONDS;
}

/** What all traces of a request have. */
export type RequestParams = Readonly<Record<"label" | "asset", string>> & {
  readonly second?: string;
};

/**
 * Label and asset, and the second of the minute where that is not 0. So no two requests have a point of one trace at one
 * position.
 */
export function requestParams({ label, asset, startUnixSeconds }: RequestAddress): RequestParams {
  const second = startUnixSeconds % POSITION_SECONDS;
  return second === 0 ? { label, asset } : { label, asset, second: `${second}` };
}

/** The start of the request that a point at `position` of a trace with these params is of, seconds since 1970. */
export function pointUnixSeconds(
  position: number,
  { second = "0" }: { readonly second?: string | undefined },
): number {
  return positionUnixSeconds(position) + Number(second);
}

import type { TraceParams, TraceValueOf, TraceValueType } from "@foretile/trace-store";
import { encodeTraceId } from "@foretile/keyspace";
import type { RequestAddress } from "../request/request-key.ts";

/** One point: a value, or that there was something but no valid value. */
export interface RequestPoint<V extends TraceValueType> {
  readonly params: TraceParams;
  readonly value: TraceValueOf[V] | undefined;
}

/** All that a set holds of one request. What is not here was not recorded. */
export interface RequestPoints<V extends TraceValueType> {
  readonly request: RequestAddress;
  /** By trace id. */
  readonly points: ReadonlyMap<string, RequestPoint<V>>;
}

/** Points by their traces' ids. */
export function pointsById<V extends TraceValueType>(
  points: Iterable<RequestPoint<V>>,
): ReadonlyMap<string, RequestPoint<V>> {
  return new Map(Array.from(points, (point) => [encodeTraceId(point.params), point]));
}

import { AppError, formatUtc } from "@foretile/app-kit";
import {
  DIGEST_TRACES,
  pointUnixSeconds,
  positionUnixSeconds,
  SCORE_TRACES,
  tracePosition,
} from "@foretile/prediction-store/traces";
import { openTraceStore, type PositionRange, type TraceStore } from "@foretile/trace-store";
import type { Library } from "@foretile/version-store";

import type { TracePlace } from "../arguments/parse-trace-place.ts";

/** An opened trace set, and what its positions mean. */
export interface TraceSet {
  readonly store: TraceStore;
  /** Whether positions are minutes since 1970, as in the sets of scores and digests. */
  readonly isTimed: boolean;
}

const timedSets: readonly string[] = [SCORE_TRACES, DIGEST_TRACES];

/** @throws {TraceStoreError} `no-such-set`, `invalid-set-name` */
export async function openTraceSet(
  library: Library,
  set: string,
  signal: AbortSignal,
): Promise<TraceSet> {
  const store = await openTraceStore({ library, set, create: false, signal });
  return { store, isTimed: timedSets.includes(set) };
}

/**
 * The range that was asked for; times are rounded so that no request in between is lost.
 *
 * @throws {AppError} `usage` for a time where positions are none
 */
export function rangeOf(
  set: TraceSet,
  { from, to }: { readonly from?: TracePlace | undefined; readonly to?: TracePlace | undefined },
): Partial<PositionRange> {
  return {
    ...(from === undefined ? {} : { from: positionOf(set, from) }),
    ...(to === undefined ? {} : { to: positionAfter(set, to) }),
  };
}

/** The position of a place: of a time, the one that it lies in. */
export function positionOf(set: TraceSet, place: TracePlace): number {
  if ("position" in place) return place.position;
  requireTimes(set, place.text);
  return tracePosition(place.unixSeconds);
}

function positionAfter(set: TraceSet, place: TracePlace): number {
  if ("position" in place) return place.position;
  const position = positionOf(set, place);
  return positionUnixSeconds(position) === place.unixSeconds ? position : position + 1;
}

function requireTimes({ store, isTimed }: TraceSet, text: string): void {
  if (isTimed) return;
  const { set } = store.config;
  throw new AppError("usage", `positions of this set are no times set=${set} time=${text}`, {
    hint: "give a position: a whole number from 0 on",
  });
}

/** When a point is, for JSON: `{ position, time }`, and only the position where it is no time. */
export function pointPlace(
  { isTimed }: TraceSet,
  position: number,
  params: Readonly<Record<string, string>>,
): { readonly position: number; readonly time?: string } {
  if (!isTimed) return { position };
  return { position, time: formatUtc(pointUnixSeconds(position, params)) };
}

/** A position for people: its time where it has one. */
export function placeText({ isTimed }: TraceSet, position: number): string {
  return isTimed ? formatUtc(positionUnixSeconds(position)) : position.toString();
}

import { parseMoment } from "./parse-moment.ts";
import { wholeFrom } from "./parse-whole.ts";

/** A place in a trace set, as it was given: a position, or a time for sets whose positions are times. */
export type TracePlace =
  | { readonly position: number }
  | { readonly unixSeconds: number; readonly text: string };

/** Digits are a position, everything else must be a time. */
export function parseTracePlace(text: string): TracePlace {
  return /^[0-9]+$/.test(text)
    ? { position: wholeFrom(0)(text) }
    : { unixSeconds: Math.floor(parseMoment(text) / 1000), text };
}

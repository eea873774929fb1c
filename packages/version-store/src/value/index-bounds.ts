import { VersionStoreError } from "../version-store-error.ts";
import type { TimeUnit } from "./frame.ts";

/** Which ends of a range belong to it. */
export type ClosedEnds = "both" | "left" | "right" | "none";

/**
 * An end of a range over an index: a number in units of the index, or a date when the index has a time unit.
 */
export type IndexBound = number | bigint | Date;

/** A range over an index as callers give it. */
export interface IndexRange {
  /** Default: from the beginning. */
  readonly from?: IndexBound | undefined;
  /** Default: to the end. */
  readonly to?: IndexBound | undefined;
  /** Default `both`. */
  readonly closed?: ClosedEnds | undefined;
}

/** A range in units of the index, not reversed, without NaN. */
export interface IndexBounds {
  readonly from: number | bigint | undefined;
  readonly to: number | bigint | undefined;
  readonly closed: ClosedEnds;
}

/** The index of some rows, in its units. Integers are numbers where they are safe, so that documents can hold them. */
export interface IndexFacts {
  readonly first: number | bigint;
  readonly last: number | bigint;
  readonly min: number | bigint;
  readonly max: number | bigint;
  /** Whether no row comes before the one above it. */
  readonly sorted: boolean;
}

/** Whether an index between `min` and `max`, both included, may have values within the bounds. */
export function boundsMeet(
  { from, to, closed }: IndexBounds,
  { min, max }: Pick<IndexFacts, "min" | "max">,
): boolean {
  const left = closed === "both" || closed === "left";
  const right = closed === "both" || closed === "right";
  if (from !== undefined && (left ? max < from : max <= from)) return false;
  return to === undefined || (right ? min <= to : min < to);
}

/**
 * A caller's range in units of an index.
 *
 * @throws {VersionStoreError} `invalid-range` when `from` is after `to`; `invalid-argument` for a bound that is no
 *   number, or a date while the index has no unit
 */
export function resolveBounds(
  index: { readonly name: string; readonly unit?: TimeUnit | undefined },
  range: IndexRange,
): IndexBounds {
  const closed = range.closed ?? "both";
  if (!CLOSED_ENDS.includes(closed)) {
    throw invalid(`closed must be both, left, right or none closed=${closed}`);
  }
  const from = toIndexUnits(index, "from", range.from);
  const to = toIndexUnits(index, "to", range.to);
  if (from !== undefined && to !== undefined && from > to) {
    throw new VersionStoreError(
      "invalid-range",
      `index range is reversed index=${JSON.stringify(index.name)} from=${from} to=${to}`,
    );
  }
  return { from, to, closed };
}

/** An integer as a number where that is safe, so that documents can hold it. */
export function plainNumber(value: number | bigint): number | bigint {
  const number = Number(value);
  return typeof value === "number" || Number.isSafeInteger(number) ? number : value;
}

const CLOSED_ENDS: readonly ClosedEnds[] = ["both", "left", "right", "none"];

const FROM_MILLISECONDS: { readonly [U in TimeUnit]: (milliseconds: number) => number | bigint } = {
  s: (milliseconds) => milliseconds / 1000,
  ms: (milliseconds) => milliseconds,
  us: (milliseconds) => plainNumber(BigInt(milliseconds) * 1000n),
  ns: (milliseconds) => plainNumber(BigInt(milliseconds) * 1_000_000n),
};

function toIndexUnits(
  { name, unit }: { readonly name: string; readonly unit?: TimeUnit | undefined },
  end: "from" | "to",
  bound: IndexBound | undefined,
): number | bigint | undefined {
  if (bound === undefined || typeof bound === "bigint") return bound;
  if (typeof bound === "number" && !Number.isNaN(bound)) return bound;
  const isDate = Object.prototype.toString.call(bound) === "[object Date]";
  const milliseconds = isDate ? Number(bound) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw invalid(`index bound must be a number, a bigint or a date ${end}=${String(bound)}`);
  }
  if (unit !== undefined) return FROM_MILLISECONDS[unit](milliseconds);
  throw invalid(
    `index has no time unit, so a date has no place in it: give numbers index=${JSON.stringify(name)} ${end}=${milliseconds}ms`,
  );
}

function invalid(message: string): VersionStoreError {
  return new VersionStoreError("invalid-argument", message);
}

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

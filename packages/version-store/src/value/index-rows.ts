import { VersionStoreError } from "../version-store-error.ts";
import { isBigintArray } from "./element-conversion.ts";
import type { NumericArray } from "./element-type.ts";
import { plainNumber, type IndexBounds, type IndexFacts } from "./index-bounds.ts";
import type { RowRange } from "./row-range.ts";

/**
 * First, last, least and greatest of some rows' index; `undefined` for no rows.
 *
 * @throws {VersionStoreError} `invalid-argument` for a NaN, which is in no order
 */
export function factsOf(values: NumericArray, { from, to }: RowRange): IndexFacts | undefined {
  if (from === to) return undefined;
  const first = values[from] as number | bigint;
  let previous = first;
  let min = first;
  let max = first;
  let sorted = true;
  for (let row = from; row < to; row += 1) {
    const value = values[row] as number | bigint;
    // Only a NaN is neither.
    if (!(value >= previous)) {
      if (!(value < previous)) throw withoutOrder(row);
      sorted = false;
      if (value < min) min = value;
    } else if (value > max) {
      max = value;
    }
    previous = value;
  }
  return {
    first: plainNumber(first),
    last: plainNumber(previous),
    min: plainNumber(min),
    max: plainNumber(max),
    sorted,
  };
}

/** The rows whose index is within the bounds, as maximal runs in row order. */
export function runsWithin(values: NumericArray, bounds: IndexBounds): RowRange[] {
  return isBigintArray(values)
    ? runsOf(values, integerEnds(bounds))
    : runsOf(values, endsOf(bounds));
}

/** Ends as inclusive or exclusive values of the index's own kind, so that a comparison is a plain one. */
interface Ends {
  readonly from: number | bigint | undefined;
  readonly fromIncluded: boolean;
  readonly to: number | bigint | undefined;
  readonly toIncluded: boolean;
}

function runsOf(values: NumericArray, { from, fromIncluded, to, toIncluded }: Ends): RowRange[] {
  const runs: RowRange[] = [];
  let start = -1;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number | bigint;
    const within =
      (from === undefined || value > from || (fromIncluded && value === from)) &&
      (to === undefined || value < to || (toIncluded && value === to));
    if (within && start < 0) start = row;
    if (!within && start >= 0) {
      runs.push({ from: start, to: row });
      start = -1;
    }
  }
  if (start >= 0) runs.push({ from: start, to: values.length });
  return runs;
}

function endsOf({ from, to, closed }: IndexBounds): Ends {
  return {
    from: typeof from === "bigint" ? exactNumber(from) : from,
    fromIncluded: closed === "both" || closed === "left",
    to: typeof to === "bigint" ? exactNumber(to) : to,
    toIncluded: closed === "both" || closed === "right",
  };
}

/** A bigint that no float64 equals stays one: it compares with numbers exactly, only slowly. */
function exactNumber(bound: bigint): number | bigint {
  const number = Number(bound);
  return BigInt(number) === bound ? number : bound;
}

/** Ends that are bigints, or infinite where nothing is within. */
function integerEnds({ from, to, closed }: IndexBounds): Ends {
  const ends = endsOf({ from: undefined, to: undefined, closed });
  return {
    ...ends,
    ...(isFraction(from) && { fromIncluded: true }),
    ...(isFraction(to) && { toIncluded: true }),
    from: from === Number.NEGATIVE_INFINITY ? undefined : integer(from, Math.ceil),
    to: to === Number.POSITIVE_INFINITY ? undefined : integer(to, Math.floor),
  };
}

function isFraction(bound: number | bigint | undefined): boolean {
  return typeof bound === "number" && Number.isFinite(bound) && !Number.isInteger(bound);
}

function integer(
  bound: number | bigint | undefined,
  round: (value: number) => number,
): number | bigint | undefined {
  return typeof bound === "number" && Number.isFinite(bound) ? BigInt(round(bound)) : bound;
}

function withoutOrder(row: number): VersionStoreError {
  return new VersionStoreError("invalid-argument", `index must not have NaN row=${row}`);
}

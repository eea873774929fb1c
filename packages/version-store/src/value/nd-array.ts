import { VersionStoreError } from "../version-store-error.ts";
import { numericTypeOf, type NumericArray, type NumericType } from "./element-type.ts";

/** Most axes of an array. */
const MAX_AXES = 32;

/**
 * Numbers of one type in C order: the last axis varies fastest. Axis 0 is the rows, axis 1 the members. Made by
 * {@link ndarray}, or read from a version.
 */
export class NdArray<A extends NumericArray = NumericArray> {
  /** Lengths of the axes; only the rows can be 0. */
  readonly shape: readonly number[];
  readonly type: NumericType;
  readonly values: A;
  /** Chunk length per axis by which the array is or was cut; absent when it is left to the store. */
  readonly grid: readonly number[] | undefined;

  /** Takes what is known to fit; {@link ndarray} checks. */
  constructor(
    type: NumericType,
    shape: readonly number[],
    values: A,
    grid: readonly number[] | undefined,
  ) {
    this.type = type;
    this.shape = shape;
    this.values = values;
    this.grid = grid;
  }

  get rows(): number {
    return this.shape[0] as number;
  }
}

export interface NdArrayInput<A extends NumericArray> {
  /** One to 32 axes. */
  readonly shape: readonly number[];
  /** As many as the product of `shape`. */
  readonly values: A;
  /**
   * Chunk length per axis, each at least 1. Chunks at the ends are smaller. Default: whole rows, cut after axis 0 only
   * where one row alone is larger than a segment should be.
   */
  readonly grid?: readonly number[] | undefined;
}

/**
 * Makes an array. The typed array is used, not copied: do not change it while the array is being stored.
 *
 * @throws {VersionStoreError} `invalid-argument` when shape, grid and values do not fit each other
 */
export function ndarray<A extends NumericArray>({
  shape,
  values,
  grid,
}: NdArrayInput<A>): NdArray<A> {
  const type = numericTypeOf(values);
  if (type === undefined) throw invalid("array values must be a typed array of numbers");
  checkAxes("shape", shape, 0);
  if (grid !== undefined) {
    checkAxes("grid", grid, 1);
    if (grid.length !== shape.length) {
      throw invalid(
        `grid must have as many axes as the shape grid=[${grid.join()}] shape=[${shape.join()}]`,
      );
    }
  }
  if (product(shape) !== values.length) {
    throw invalid(
      `array has other values than its shape shape=[${shape.join()}] found=${values.length}`,
    );
  }
  return new NdArray(type, [...shape], values, grid && [...grid]);
}

/** How many elements a shape has; 1 for no axes. */
export function product(lengths: readonly number[]): number {
  return lengths.reduce((elements, length) => elements * length, 1);
}

/** @param leastRows least length of axis 0; the other axes have at least 1 */
function checkAxes(name: string, lengths: readonly number[], leastRows: 0 | 1): void {
  const fits =
    Array.isArray(lengths) &&
    lengths.length >= 1 &&
    lengths.length <= MAX_AXES &&
    // Not every: it skips holes.
    [...(lengths as readonly number[])].every(
      (length, axis) => Number.isSafeInteger(length) && length >= (axis === 0 ? leastRows : 1),
    ) &&
    // Without the rows too: they may be 0 now and more later.
    Number.isSafeInteger(product(lengths)) &&
    Number.isSafeInteger(product(lengths.slice(1)));
  if (fits) return;
  throw invalid(
    `${name} must have 1 to ${MAX_AXES} whole numbers, of at least 1 but for the rows, and a safe product ${name}=[${String(lengths)}]`,
  );
}

function invalid(message: string): VersionStoreError {
  return new VersionStoreError("invalid-argument", message);
}

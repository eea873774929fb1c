/**
 * What the points of a trace set hold.
 *
 * - `float32`, `float64`: any number but NaN
 * - `digest`: 16 bytes
 * - `bytes`: 0 to 255 bytes
 */
export type TraceValueType = "float32" | "float64" | "digest" | "bytes";

/** One value, by the type of its set. */
export interface TraceValueOf {
  readonly float32: number;
  readonly float64: number;
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
}

/**
 * Values of many points, row after row, by the type of their set. Digests lie one after the other, 16 bytes each. Where
 * a point has no value there are zeros, or `undefined`.
 */
export interface TraceValuesOf {
  readonly float32: Float32Array<ArrayBuffer>;
  readonly float64: Float64Array<ArrayBuffer>;
  readonly digest: Uint8Array<ArrayBuffer>;
  readonly bytes: readonly (Uint8Array | undefined)[];
}

/** Bytes of a digest. */
export const DIGEST_BYTES = 16;

/** Most bytes of a value of the type `bytes`. */
export const MAX_VALUE_BYTES = 255;

/**
 * What is known of a point, as it stands in `states`: nothing was recorded; a value; that there was something, but no
 * valid value; that what was recorded was deleted.
 */
export const POINT = { missing: 0, value: 1, invalid: 2, deleted: 3 } as const;

/** One of {@link POINT}. */
export type PointState = (typeof POINT)[keyof typeof POINT];

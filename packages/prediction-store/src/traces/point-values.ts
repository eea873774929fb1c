import { DIGEST_BYTES, type TraceValueOf, type TraceValuesOf } from "@foretile/trace-store";

/** Value types of the sets that requests are traced in. */
export type PointType = "float64" | "digest";

/** How values of one type lie in arrays. */
export interface PointValues<V extends PointType> {
  make(points: number): TraceValuesOf[V];
  put(values: TraceValuesOf[V], index: number, value: TraceValueOf[V]): void;
  /** Whether the value at `index` is `value`, bit for bit. */
  holds(values: TraceValuesOf[V], index: number, value: TraceValueOf[V]): boolean;
}

export const numberValues: PointValues<"float64"> = {
  make: (points) => new Float64Array(points),
  put: (values, index, value) => {
    values[index] = value;
  },
  holds: (values, index, value) => Object.is(values[index], value),
};

export const digestValues: PointValues<"digest"> = {
  make: (points) => new Uint8Array(points * DIGEST_BYTES),
  put: (values, index, value) => values.set(value, index * DIGEST_BYTES),
  holds: (values, index, value) =>
    value.every((byte, offset) => values[index * DIGEST_BYTES + offset] === byte),
};

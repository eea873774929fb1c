import { frame, type Frame } from "../src/value/frame.ts";
import { ndarray, type NdArray } from "../src/value/nd-array.ts";

/** A series: an index of instants from `start` on, one after the other, and values that tell which series it is. */
export function series(rows: number, options: { start?: number; salt?: number } = {}): Frame {
  const { start = 0, salt = 0 } = options;
  return frame({
    index: {
      name: "time",
      unit: "ms",
      values: BigInt64Array.from({ length: rows }, (_, row) => BigInt(start + row)),
    },
    columns: {
      value: Float64Array.from({ length: rows }, (_, row) => (start + row) * 1.5 + salt),
    },
  });
}

/** Index and values as plain lists, for comparing. */
export function cells(value: unknown): { index: number[]; values: number[] } {
  const { index, columns } = value as Frame;
  return {
    index: [...(index?.values ?? [])].map(Number),
    values: [...((columns[0]?.values ?? []) as Float64Array)],
  };
}

/** Two series, one after the other. */
export function joined(...parts: readonly Frame[]): { index: number[]; values: number[] } {
  const all = parts.map(cells);
  return {
    index: all.flatMap(({ index }) => index),
    values: all.flatMap(({ values }) => values),
  };
}

/** One axis of float64 numbers. */
export function numbers(values: Iterable<number>): NdArray<Float64Array> {
  const list = Float64Array.from(values);
  return ndarray({ shape: [list.length], values: list });
}

export function numbersOf(value: unknown): number[] {
  return [...(value as NdArray<Float64Array>).values];
}

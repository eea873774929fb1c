import { frame, ndarray, type Frame, type NdArray } from "@foretile/version-store";

/** Every type a column can have, with its extremes. */
export function everyColumn(): Frame {
  return frame({
    columns: {
      i8: Int8Array.of(-128, 0, 127),
      i16: Int16Array.of(-32_768, 0, 32_767),
      i32: Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1),
      i64: BigInt64Array.of(-(2n ** 63n), 0n, 2n ** 63n - 1n),
      u8: Uint8Array.of(0, 1, 255),
      u16: Uint16Array.of(0, 1, 65_535),
      u32: Uint32Array.of(0, 1, 2 ** 32 - 1),
      u64: BigUint64Array.of(0n, 1n, 2n ** 64n - 1n),
      // Minus zero, a NaN with a payload, the least denormal.
      f32: new Float32Array(Uint32Array.of(0x8000_0000, 0x7fc0_1234, 1).buffer),
      f64: new Float64Array(
        BigUint64Array.of(0x8000_0000_0000_0000n, 0x7ff8_0000_0000_1234n, 1n).buffer,
      ),
      yes: [true, false, true],
      text: ["", "é 🎲", "a\u0000b"],
    },
  });
}

/** Rows of a flight: a time in seconds, five numbers, a boolean. */
export function points(from: number, rows: number): Frame {
  const seconds = Uint32Array.from({ length: rows }, (_, row) => from + row);
  const numbers = (factor: number): Float64Array =>
    Float64Array.from(seconds, (second) => Math.imul(second, factor) / 1024);
  return frame({
    index: { name: "time", unit: "s", values: seconds },
    columns: {
      a: numbers(3),
      b: numbers(-7),
      c: numbers(65_537),
      d: numbers(1_103_515_245),
      e: numbers(0),
      grounded: { type: "bool", values: Array.from(seconds, (second) => second % 60 < 5) },
    },
  });
}

/** The rows of several frames of {@link points}, one after the other. */
export function joined(...ranges: readonly (readonly [from: number, rows: number])[]): Frame {
  const frames = ranges.map(([from, rows]) => points(from, rows));
  const seconds = frames.flatMap(({ index }) => [...((index?.values ?? []) as Uint32Array)]);
  const names = ["a", "b", "c", "d", "e"];
  const numbers = names.map((name) => {
    const all = frames.flatMap((one) => [...(one.column(name).values as Float64Array)]);
    return [name, Float64Array.from(all)] as const;
  });
  const grounded = frames.flatMap((one) => [...(one.column("grounded").values as Uint8Array)]);
  return frame({
    index: { name: "time", unit: "s", values: Uint32Array.from(seconds) },
    columns: [...numbers, ["grounded", grounded.map((byte) => byte === 1)]],
  });
}

/** Steps × members of prices. */
export function prices(firstStep: number, steps: number, grid?: readonly number[]): NdArray {
  const members = 40;
  const values = Float32Array.from(
    { length: steps * members },
    (_, at) => 100 + ((firstStep * members + at) % 977) / 16,
  );
  return ndarray({ shape: [steps, members], values, grid });
}

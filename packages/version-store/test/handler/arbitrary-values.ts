import * as fc from "fast-check";
import type { ColumnInput, ColumnType } from "../../src/value/column.ts";
import { bytesOf } from "../../src/value/element-bytes.ts";
import {
  ELEMENT_TYPES,
  newElements,
  type NumericArray,
  type NumericType,
} from "../../src/value/element-type.ts";
import { frame, type Frame } from "../../src/value/frame.ts";
import { ndarray, type NdArray } from "../../src/value/nd-array.ts";

const NUMERIC_TYPES = Object.keys(ELEMENT_TYPES) as NumericType[];

interface SchemaPlan {
  readonly index: NumericType | undefined;
  readonly columns: readonly ColumnType[];
}

/** Any bits, so that NaN payloads, −0, infinities and denormals occur. */
function elements(type: NumericType, length: number): fc.Arbitrary<NumericArray> {
  const bytes = length * ELEMENT_TYPES[type].bytes;
  const random = fc.uint8Array({ minLength: bytes, maxLength: bytes });
  const extreme = fc
    .array(fc.constantFrom(0, 0x7f, 0x80, 0xf0, 0xff), { minLength: bytes, maxLength: bytes })
    .map((list) => Uint8Array.from(list));
  return fc.oneof(random, extreme).map((source) => {
    const values = newElements(type, length);
    bytesOf(values).set(source);
    return values;
  });
}

/** Few distinct numbers without NaN, so that rows are equal, sorted and unsorted. */
function indexValues(type: NumericType, length: number): fc.Arbitrary<NumericArray> {
  return fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
    .chain((list) =>
      fc.constantFrom(
        list,
        list.toSorted((a, b) => a - b),
      ),
    )
    .map((list) => {
      const values = newElements(type, length);
      for (const [at, value] of list.entries()) {
        if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
          values[at] = BigInt(value);
        } else {
          values[at] = value;
        }
      }
      return values;
    });
}

export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.constantFrom("", "\ufeffmark", "a", "é€😀", "\0"),
);

function columnOf(type: ColumnType, rows: number): fc.Arbitrary<ColumnInput> {
  const constraints = { minLength: rows, maxLength: rows };
  if (type === "string") return fc.array(text, constraints).map((values) => ({ type, values }));
  if (type === "bool") {
    return fc.array(fc.boolean(), constraints).map((values) => ({ type, values }));
  }
  return elements(type, rows);
}

const columnType: fc.Arbitrary<ColumnType> = fc.constantFrom(
  ...NUMERIC_TYPES,
  "bool" as const,
  "string" as const,
);

const schemaPlan: fc.Arbitrary<SchemaPlan> = fc.oneof(
  fc.record({
    index: fc.option(fc.constantFrom(...NUMERIC_TYPES), { nil: undefined }),
    columns: fc.array(columnType, { minLength: 1, maxLength: 6 }),
  }),
  // Wide enough for several lanes.
  fc.record({
    index: fc.option(fc.constantFrom(...NUMERIC_TYPES), { nil: undefined }),
    columns: fc.array(columnType, { minLength: 33, maxLength: 70 }),
  }),
);

function frameOf({ index, columns }: SchemaPlan, rows: number): fc.Arbitrary<Frame> {
  const indexArbitrary = index ? indexValues(index, rows) : fc.constant(undefined);
  return fc
    .tuple(indexArbitrary, fc.tuple(...columns.map((type) => columnOf(type, rows))))
    .map(([values, inputs]) =>
      frame({
        index: values && { name: "time", unit: "ms", values },
        columns: inputs.map((input, position) => [`column ${position}`, input] as const),
      }),
    );
}

/** @param fewest fewest rows */
export function anyFrame(fewest = 0): fc.Arbitrary<Frame> {
  return fc
    .tuple(schemaPlan, fc.integer({ min: fewest, max: 12 }))
    .chain(([plan, rows]) => frameOf(plan, rows));
}

/** Several frames of one schema. */
export const similarFrames: fc.Arbitrary<Frame[]> = schemaPlan.chain((plan) =>
  fc.array(
    fc.integer({ min: 0, max: 6 }).chain((rows) => frameOf(plan, rows)),
    { minLength: 1, maxLength: 4 },
  ),
);

/** @param fewestAxes fewest axes */
export function anyArray(fewestAxes = 1): fc.Arbitrary<NdArray> {
  return fc
    .record({
      type: fc.constantFrom(...NUMERIC_TYPES),
      rows: fc.integer({ min: 0, max: 7 }),
      axes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: fewestAxes - 1, maxLength: 3 }),
      wide: fc.boolean(),
    })
    .chain(({ type, rows, axes, wide }) => {
      // Runs long enough to be copied as views.
      const shape = [
        rows,
        ...axes.map((length) => (wide && axes.length < 3 ? 7 * length : length)),
      ];
      const length = shape.reduce((product, axis) => product * axis, 1);
      const grid = fc.option(
        fc.tuple(...shape.map((axis) => fc.integer({ min: 1, max: axis + 2 }))),
        { nil: undefined },
      );
      return fc
        .tuple(elements(type, length), grid)
        .map(([values, lengths]) => ndarray({ shape, values, grid: lengths }));
    });
}

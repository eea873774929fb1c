import * as fc from "fast-check";
import type { Handler } from "../../src/handler/handler.ts";
import type { StoredBlock, StoredForm } from "../../src/handler/stored-form.ts";
import type { Part } from "../../src/segment/part.ts";
import { bytesOf } from "../../src/value/element-bytes.ts";
import type { NumericArray } from "../../src/value/element-type.ts";
import type { Frame } from "../../src/value/frame.ts";
import { NdArray } from "../../src/value/nd-array.ts";
import type { RowRange } from "../../src/value/row-range.ts";

export function formOf<V>(handler: Handler<V>, value: V, targetBytes: number): StoredForm {
  return {
    schema: handler.schemaOf(value),
    lanes: handler.layoutOf(value, targetBytes).lanes,
  };
}

/** Encodes every lane of a block; the bytes are Buffers at odd offsets, as a store may give them. */
export function storeBlock<V>(
  handler: Handler<V>,
  value: V,
  { lanes }: StoredForm,
  rows: RowRange,
): StoredBlock {
  return {
    rows: rows.to - rows.from,
    parts: new Map(
      lanes.map((lane, number) => [
        number,
        handler.encodeLane(value, lane, rows).map(({ bytes, elementBytes }): Part => {
          const shifted = Buffer.alloc(bytes.length + 1, 0xee);
          shifted.set(bytes, 1);
          return { bytes: shifted.subarray(1), elementBytes };
        }),
      ]),
    ),
  };
}

/** Every block of a value cut after `cuts`, in order. */
export function storeBlocks<V>(
  handler: Handler<V>,
  value: V,
  form: StoredForm,
  cuts: readonly number[],
): StoredBlock[] {
  const borders = [0, ...cuts.toSorted((a, b) => a - b), handler.rowCount(value)];
  return borders
    .slice(1)
    .map((to, at) => storeBlock(handler, value, form, { from: borders[at] as number, to }));
}

export function rowCuts(rows: number): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min: 0, max: rows }), { maxLength: 3 });
}

export function rowRange(rows: number): fc.Arbitrary<RowRange> {
  return fc
    .tuple(fc.integer({ min: 0, max: rows }), fc.integer({ min: 0, max: rows }))
    .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
}

/** A value as text, row by row and bit by bit: the simplest thing to compare, cut and join. */
export function describeRows(value: Frame | NdArray): string[] {
  return Array.from({ length: value.rows }, (_, row) => cellsOf(value, row).join(" "));
}

/** The cells of a row: index and columns of a frame, members of an array. */
export function cellsOf(value: Frame | NdArray, row: number): string[] {
  if (value instanceof NdArray) {
    const members = value.shape[1] ?? 1;
    const width = value.values.length / value.rows / members;
    return Array.from({ length: members }, (_, member) => {
      const from = (row * members + member) * width;
      return bitsOf(value.values, from, from + width);
    });
  }
  const cells = value.columns.map(({ name, type, values }) => {
    const cell = type === "string" ? values[row] : bitsOf(values, row, row + 1);
    return `${name}:${type}=${cell}`;
  });
  if (value.index) cells.unshift(`index=${bitsOf(value.index.values, row, row + 1)}`);
  return cells;
}

function bitsOf(values: NumericArray, from: number, to: number): string {
  return Buffer.from(bytesOf(values, from, to)).toString("hex");
}

/** The members of a row that are wanted, in the order wanted. */
export function pickCells(cells: readonly string[], positions: readonly number[]): string[] {
  return positions.map((position) => cells[position] as string);
}

/** The part of a range in a block that starts at `start`, counted from there. */
export function clip(range: RowRange, start: number, rows: number): RowRange {
  const from = Math.min(Math.max(range.from - start, 0), rows);
  return { from, to: Math.max(from, Math.min(range.to - start, rows)) };
}

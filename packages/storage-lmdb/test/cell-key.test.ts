import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cellKey, namesBounds, parseCellKey } from "../src/cell-key.ts";

const character = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const text = (maxLength: number, minLength = 0) =>
  fc.array(character, { minLength, maxLength }).map((characters) => characters.join(""));
const timestamp = fc.integer({ min: 0, max: Math.floor(Number.MAX_SAFE_INTEGER / 1_000) });
const place = fc.record({
  row: text(4, 1),
  family: fc.constantFrom("a", "a-", "b", "B"),
  qualifier: text(3),
  timestampMicros: timestamp.map((millis) => millis * 1_000),
});

function order(left: string | number, right: string | number): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

test("a key says where its cell is", () => {
  fc.assert(
    fc.property(place, (cell) => {
      expect(parseCellKey(cellKey("table", cell.row, cell))).toEqual(cell);
    }),
  );
});

test("keys sort by row, family, qualifier, and newest first", () => {
  fc.assert(
    fc.property(place, place, (left, right) => {
      const expected =
        order(left.row, right.row) ||
        order(left.family, right.family) ||
        order(left.qualifier, right.qualifier) ||
        order(right.timestampMicros, left.timestampMicros);
      const keys = [left, right].map((cell) => cellKey("t", cell.row, cell));
      expect(Buffer.compare(keys[0] ?? Buffer.of(), keys[1] ?? Buffer.of())).toBe(expected);
    }),
  );
});

test("bounds of a row hold its cells and no others", () => {
  fc.assert(
    fc.property(place, text(4, 1), (cell, row) => {
      const key = cellKey("t", cell.row, cell);
      const { start, end } = namesBounds("t", row);
      const inside = Buffer.compare(start, key) <= 0 && Buffer.compare(key, end) < 0;
      expect(inside).toBe(cell.row === row);
    }),
  );
});

test("the longest key stays within what pages of 4 KiB allow", () => {
  const longest = { family: "f".repeat(32), qualifier: "q".repeat(256), timestampMicros: 0 };
  expect(cellKey("t".repeat(32), "r".repeat(400), longest).byteLength).toBe(732);
});

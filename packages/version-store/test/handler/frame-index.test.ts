import { describe, expect, test } from "vitest";
import { frameHandler } from "../../src/handler/frame-handler.ts";
import { frame } from "../../src/value/frame.ts";
import { rowwiseOf } from "./rowwise-of.ts";

const rowwise = rowwiseOf(frameHandler);

const day = 86_400_000;
const series = frame({
  index: { name: "time", unit: "ms", values: Float64Array.of(day, 3 * day, 2 * day, 3 * day) },
  columns: { row: Int8Array.of(0, 1, 2, 3) },
});
const plain = frame({ columns: { row: Int8Array.of(0, 1) } });

describe("the index of a frame", () => {
  test("finds rows by dates", () => {
    const bounds = rowwise.indexBounds(frameHandler.schemaOf(series), {
      from: new Date("1970-01-03T12:00Z"),
    });
    expect(bounds).toEqual({ from: 2.5 * day, to: undefined, closed: "both" });
    const runs = rowwise.rowsWithin(series, bounds);
    expect(runs).toEqual([
      { from: 1, to: 2 },
      { from: 3, to: 4 },
    ]);
    expect(rowwise.take(series, runs).column("row").values).toEqual(Int8Array.of(1, 3));
  });

  test("has facts about some rows, none about no rows", () => {
    expect(rowwise.indexFacts(series, { from: 1, to: 3 })).toEqual({
      first: 3 * day,
      last: 2 * day,
      min: 2 * day,
      max: 3 * day,
      sorted: false,
    });
    expect(rowwise.indexFacts(series, { from: 2, to: 4 })).toMatchObject({ sorted: true });
    expect(rowwise.indexFacts(series, { from: 2, to: 2 })).toBeUndefined();
    expect(rowwise.indexFacts(plain, { from: 0, to: 2 })).toBeUndefined();
  });

  test("is needed for ranges over it", () => {
    const refused = expect.objectContaining({ code: "invalid-argument" });
    expect(() => rowwise.indexBounds(frameHandler.schemaOf(plain), {})).toThrow(refused);
    expect(() =>
      rowwise.rowsWithin(plain, { from: undefined, to: undefined, closed: "both" }),
    ).toThrow(refused);
  });

  test("is needed in the schema where there is no column", () => {
    const form = {
      schema: frameHandler.schemaOf(plain),
      lanes: [{ index: false, columns: ["row"] }],
    };
    const nothing = frameHandler.assemble(form, [{ rows: 2, parts: new Map() }], { columns: [] });
    expect(nothing.rows).toBe(2);
    expect(nothing.toRows()).toEqual([{}, {}]);
    expect(() => frameHandler.schemaOf(nothing)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});

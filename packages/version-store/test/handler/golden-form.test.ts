import { describe, expect, test } from "vitest";
import { arrayHandler } from "../../src/handler/array-handler.ts";
import { frameHandler } from "../../src/handler/frame-handler.ts";
import type { Handler } from "../../src/handler/handler.ts";
import { valueHandler } from "../../src/handler/value-handler.ts";
import { frame } from "../../src/value/frame.ts";
import { ndarray } from "../../src/value/nd-array.ts";

/** Everything that a manifest and segments keep of a value; parts as width and hexadecimal bytes. */
function stored<V>(handler: Handler<V>, value: V) {
  const { lanes } = handler.layoutOf(value, 1000);
  const rows = { from: 0, to: handler.rowCount(value) };
  return {
    handler: handler.name,
    schema: handler.schemaOf(value),
    lanes,
    parts: lanes.map((lane) =>
      handler
        .encodeLane(value, lane, rows)
        .map(({ bytes, elementBytes }) => `${elementBytes}:${Buffer.from(bytes).toString("hex")}`),
    ),
  };
}

// What is stored like this exists: a change here needs a new handler beside the old one.
describe("stored forms never change", () => {
  test("of frames", () => {
    const value = frame({
      index: { name: "time", unit: "ns", values: BigInt64Array.of(1n, -1n) },
      columns: {
        price: Float64Array.of(1.5, -0),
        size: Uint16Array.of(1, 0x1234),
        venue: ["é", ""],
        ok: [true, false],
      },
    });
    expect(stored(frameHandler, value)).toEqual({
      handler: "frame",
      schema: {
        index: { name: "time", type: "int64", unit: "ns" },
        columns: [
          { name: "price", type: "float64" },
          { name: "size", type: "uint16" },
          { name: "venue", type: "string" },
          { name: "ok", type: "bool" },
        ],
      },
      lanes: [{ index: true, columns: ["price", "size", "venue", "ok"] }],
      parts: [
        [
          "8:0100000000000000ffffffffffffffff",
          "8:000000000000f83f0000000000000080",
          "2:01003412",
          "4:0200000000000000",
          "1:c3a9",
          "1:0100",
        ],
      ],
    });
    const records = frame({ columns: { a: Int8Array.of(-1) } });
    expect(stored(frameHandler, records)).toEqual({
      handler: "frame",
      schema: { index: null, columns: [{ name: "a", type: "int8" }] },
      lanes: [{ index: false, columns: ["a"] }],
      parts: [["1:ff"]],
    });
  });

  test("of arrays", () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(stored(arrayHandler, ndarray({ shape: [2, 3], values, grid: [8, 2] }))).toEqual({
      handler: "array",
      schema: { type: "float32", shape: [3], grid: [8, 2] },
      lanes: [
        { from: [0], shape: [2] },
        { from: [2], shape: [1] },
      ],
      parts: [["4:0000803f00000040000080400000a040"], ["4:000040400000c040"]],
    });
    expect(stored(arrayHandler, ndarray({ shape: [1], values: Int16Array.of(-2) }))).toEqual({
      handler: "array",
      schema: { type: "int16", shape: [], grid: null },
      lanes: [{ from: [], shape: [] }],
      parts: [["2:feff"]],
    });
  });

  test("of other values", () => {
    expect(stored(valueHandler, { a: [1, null] })).toEqual({
      handler: "value",
      schema: null,
      lanes: [null],
      parts: [["1:81a1619201c0"]],
    });
  });
});

import { describe, expect, test } from "vitest";
import type { ColumnInput } from "../../src/value/column.ts";
import { frame, type FrameInput } from "../../src/value/frame.ts";

const refused = expect.objectContaining({ code: "invalid-argument" });

describe("frame", () => {
  test("infers types from the arrays it is given", () => {
    const value = frame({
      index: { name: "time", unit: "ms", values: BigInt64Array.of(1n, 2n) },
      columns: {
        price: Float64Array.of(1.5, 2),
        venue: ["a", "b"],
        ok: [true, false],
        flag: { type: "bool", values: Uint8Array.of(0, 1) },
        code: Buffer.from([7, 8]),
      },
    });
    expect(value.rows).toBe(2);
    expect(value.index).toMatchObject({ name: "time", type: "int64", unit: "ms" });
    expect(value.columns.map(({ name, type }) => `${name}:${type}`)).toEqual([
      "price:float64",
      "venue:string",
      "ok:bool",
      "flag:bool",
      "code:uint8",
    ]);
    expect(value.column("ok").values).toEqual(Uint8Array.of(1, 0));
    expect([...value]).toEqual([
      { time: 1n, price: 1.5, venue: "a", ok: true, flag: false, code: 7 },
      { time: 2n, price: 2, venue: "b", ok: false, flag: true, code: 8 },
    ]);
    expect(value.has("price")).toBe(true);
    expect(value.has("time")).toBe(false);
    expect(() => value.column("time")).toThrow(expect.objectContaining({ code: "no-such-column" }));
  });

  test("is made of the columns of another, and of pairs that keep their order", () => {
    const value = frame({
      columns: new Map<string, ColumnInput>([
        ["10", ["x"]],
        ["9", [true]],
        ["__proto__", Int8Array.of(1)],
      ]),
    });
    const copy = frame({ columns: value.columns.map((column) => [column.name, column]) });
    expect(copy.columns).toEqual(value.columns);
    expect(copy.columns.map(({ name }) => name)).toEqual(["10", "9", "__proto__"]);
    expect(Object.entries(copy.toRows()[0] ?? {})).toContainEqual(["__proto__", 1]);
  });

  test("uses typed arrays and copies lists", () => {
    const values = Float64Array.of(1);
    const texts = ["a"];
    const value = frame({ columns: { values, texts } });
    texts[0] = "b";
    expect(value.column("values").values).toBe(values);
    expect(value.column("texts").values).toEqual(["a"]);
  });

  test("can have names of 1,024 units", () => {
    const name = "a".repeat(1024);
    expect(frame({ columns: { [name]: Int8Array.of(1) } }).has(name)).toBe(true);
  });

  test("can have 16,384 columns", () => {
    const values = Int8Array.of(1);
    const columns = Array.from({ length: 16_384 }, (_, at) => [`${at}`, values] as const);
    expect(frame({ columns }).columns).toHaveLength(16_384);
  });

  test("can have no rows, and an index alone", () => {
    expect(frame({ columns: { a: new Int8Array(0) } }).rows).toBe(0);
    const index = { name: "time", values: Int8Array.of(1, 2) };
    expect(frame({ index, columns: {} }).toRows()).toEqual([{ time: 1 }, { time: 2 }]);
  });

  test.each<[string, unknown]>([
    ["neither index nor columns", { columns: {} }],
    ["columns that are none", { columns: null }],
    ["an empty name", { columns: { "": Int8Array.of(1) } }],
    ["a name that is no text", { columns: [[1, Int8Array.of(1)]] }],
    ["a name with a lone surrogate", { columns: { "\udc00": Int8Array.of(1) } }],
    ["a name that documents cannot hold", { columns: { "\ufeffa": Int8Array.of(1) } }],
    ["a name that is too long", { columns: { ["a".repeat(1025)]: Int8Array.of(1) } }],
    [
      "a name twice",
      {
        columns: [
          ["a", Int8Array.of(1)],
          ["a", Int8Array.of(1)],
        ],
      },
    ],
    ["a column named as the index", indexed({ name: "a" })],
    ["an index without a name", indexed({ name: "" })],
    ["an index of an unknown unit", indexed({ unit: "h" })],
    ["an index that is a list", indexed({ values: [1] })],
    ["an index with NaN", indexed({ values: Float32Array.of(Number.NaN) })],
    ["an index of another length", indexed({ values: Int8Array.of(1, 2) })],
    ["columns of different lengths", { columns: { a: Int8Array.of(1), b: ["x", "y"] } }],
    [
      "too many columns",
      { columns: Array.from({ length: 16_385 }, (_, at) => [`${at}`, Int8Array.of(1)]) },
    ],
  ])("refuses %s", (_, input) => {
    expect(() => frame(input as FrameInput)).toThrow(refused);
  });

  test.each<[string, unknown]>([
    ["numbers in a list", [1, 2]],
    ["an empty list", []],
    ["nothing", null],
    ["text", "ab"],
    ["a clamped array", Uint8ClampedArray.of(1)],
    ["a data view", new DataView(new ArrayBuffer(1))],
    ["an object without a type", { values: ["a"] }],
    ["an object that only looks like an array", { type: "float64", values: [1] }],
    ["an unknown type", { type: "float16", values: Float32Array.of(1) }],
    ["another type than the array's", { type: "int16", values: Int8Array.of(1) }],
    ["text among booleans", [true, "a"]],
    ["a boolean among texts", ["a", true]],
    // oxlint-disable-next-line no-sparse-arrays
    ["a hole", ["a", , "b"]],
    ["a lone surrogate", ["\ud83d"]],
    ["bytes that are no booleans", { type: "bool", values: Uint8Array.of(2) }],
    ["booleans that are text", { type: "bool", values: ["true"] }],
    ["booleans that are no array", { type: "bool", values: 1 }],
    ["texts that are no array", { type: "string", values: "ab" }],
  ])("refuses a column of %s", (_, values) => {
    expect(() => frame({ columns: { a: values as ColumnInput } })).toThrow(refused);
  });
});

function indexed(change: { [key: string]: unknown }): unknown {
  const index = { name: "time", values: Int8Array.of(1), ...change };
  return { index, columns: { a: Int8Array.of(1) } };
}

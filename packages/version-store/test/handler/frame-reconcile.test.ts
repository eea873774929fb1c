import { describe, expect, test } from "vitest";
import { frameHandler } from "../../src/handler/frame-handler.ts";
import type { SchemaPolicy } from "../../src/handler/rowwise-operations.ts";
import type { NumericArray } from "../../src/value/element-type.ts";
import { frame, type Frame, type FrameInput, type TimeUnit } from "../../src/value/frame.ts";
import { rowwiseOf } from "./rowwise-of.ts";
import { formOf, storeBlocks } from "./stored-blocks.ts";

const rowwise = rowwiseOf(frameHandler);
const policies: readonly SchemaPolicy[] = ["strict", "add-columns", "promote"];

/** What an append does: old blocks in the new form, or old rows converted, then the new rows. */
function append(old: Frame, incoming: Frame, policy: SchemaPolicy): Frame {
  const form = formOf(frameHandler, old, 1000);
  const blocks = storeBlocks(frameHandler, old, form, [1]);
  const reconciled = rowwise.reconcile(form, incoming, policy);
  const read = reconciled.convertOld
    ? reconciled.convertOld(frameHandler.assemble(form, blocks))
    : frameHandler.assemble(reconciled, blocks);
  expect(frameHandler.schemaOf(reconciled.incoming)).toEqual(reconciled.schema);
  frameHandler.checkForm(reconciled);
  // Lanes keep their numbers.
  expect(reconciled.lanes.slice(0, form.lanes.length)).toEqual(form.lanes);
  return rowwise.concat([read, reconciled.incoming]);
}

function columns(input: FrameInput["columns"]): Frame {
  return frame({ columns: input });
}

describe("columns of new rows", () => {
  test("may come in another order, which wins", () => {
    const old = columns({ a: Int8Array.of(1), b: Int8Array.of(2) });
    const incoming = columns({ b: Int8Array.of(4), a: Int8Array.of(3) });
    for (const policy of policies) {
      const joined = append(old, incoming, policy);
      expect(joined.columns.map(({ name }) => name)).toEqual(["b", "a"]);
      expect(joined.toRows()).toEqual([
        { a: 1, b: 2 },
        { a: 3, b: 4 },
      ]);
    }
  });

  test("may be more than the stored ones, whose rows have nothing there", () => {
    const old = columns({ C: Int8Array.of(1), B: Int8Array.of(2), A: ["x"] });
    const incoming = columns({
      A: ["y"],
      B: Int8Array.of(3),
      C: Int8Array.of(4),
      D: ["z"],
      E: BigInt64Array.of(5n),
      F: Float32Array.of(6),
      G: [true],
      H: Float64Array.of(7),
    });
    expect(() => append(old, incoming, "strict")).toThrow(
      expect.objectContaining({
        code: "schema-mismatch",
        message: expect.stringContaining('added=["D","E","F","G","H"]'),
      }),
    );
    const oneMore = columns({ C: Int8Array.of(1), B: Int8Array.of(2), A: ["x"], D: ["z"] });
    expect(() => append(old, oneMore, "strict")).toThrow(
      expect.objectContaining({ code: "schema-mismatch" }),
    );
    const joined = append(old, incoming, "add-columns");
    expect(joined.columns.map(({ name }) => name).join("")).toBe("ABCDEFGH");
    expect(joined.toRows()).toEqual([
      { A: "x", B: 2, C: 1, D: "", E: 0n, F: Number.NaN, G: false, H: Number.NaN },
      { A: "y", B: 3, C: 4, D: "z", E: 5n, F: 6, G: true, H: 7 },
    ]);
  });

  test("that are added are lanes of their own", () => {
    const old = columns({ a: Int8Array.of(1) });
    const added = Array.from({ length: 33 }, (_, at) => [`new ${at}`, Int8Array.of(at)] as const);
    const form = formOf(frameHandler, old, 1000);
    const incoming = columns([["a", Int8Array.of(2)], ...added]);
    const reconciled = rowwise.reconcile(form, incoming, "add-columns");
    expect(reconciled.lanes).toHaveLength(3);
    expect(reconciled.lanes.slice(0, 1)).toEqual(form.lanes);
    expect(rowwise.lanesFor(reconciled, { columns: ["new 32"] })).toEqual([2]);
  });

  test("must include every stored column", () => {
    const old = columns({ a: Int8Array.of(1), b: Int8Array.of(2), c: ["x"] });
    const incoming = columns({ b: Int8Array.of(4) });
    for (const policy of policies) {
      expect(() => append(old, incoming, policy)).toThrow(
        expect.objectContaining({
          code: "schema-mismatch",
          message: expect.stringContaining('missing=["a","c"]'),
        }),
      );
    }
  });

  test("do not matter when there are no new rows", () => {
    const old = columns({ a: Int8Array.of(1), b: Int8Array.of(2) });
    const form = formOf(frameHandler, old, 1000);
    for (const none of [
      columns({ b: new Float64Array(0) }),
      columns({ a: { type: "string", values: [] }, z: new Int8Array(0) }),
    ]) {
      const reconciled = rowwise.reconcile(form, none, "strict");
      expect(reconciled.schema).toEqual(form.schema);
      expect(reconciled.lanes).toEqual(form.lanes);
      expect(reconciled.convertOld).toBeUndefined();
      expect(reconciled.incoming).toMatchObject({ rows: 0 });
      expect(frameHandler.schemaOf(reconciled.incoming)).toEqual(form.schema);
    }
  });

  test("are added and promoted together", () => {
    const old = columns({ a: Int32Array.of(1), b: ["x"] });
    const incoming = columns({
      n: [true],
      b: ["y"],
      a: Float64Array.of(0.5),
      f: Float32Array.of(1),
      g: Float64Array.of(2),
      i: BigInt64Array.of(3n),
      s: ["z"],
    });
    const joined = append(old, incoming, "promote");
    expect(joined.toRows()).toEqual([
      { n: false, b: "x", a: 1, f: Number.NaN, g: Number.NaN, i: 0n, s: "" },
      { n: true, b: "y", a: 0.5, f: 1, g: 2, i: 3n, s: "z" },
    ]);
  });
});

describe("types of new rows", () => {
  test("promote stored ones when that is asked for", () => {
    const old = columns({ a: BigInt64Array.of(1n, 2n ** 53n + 1n) });
    const incoming = columns({ a: Float64Array.of(0.5) });
    for (const policy of ["strict", "add-columns"] as const) {
      expect(() => append(old, incoming, policy)).toThrow(
        expect.objectContaining({ code: "schema-mismatch" }),
      );
    }
    const { values } = append(old, incoming, "promote").column("a");
    expect(values).toEqual(Float64Array.of(1, 2 ** 53, 0.5));
  });

  test.each<[string, FrameInput["columns"], FrameInput["columns"], unknown]>([
    [
      "int64 to float64",
      { a: Float64Array.of(1) },
      { a: BigInt64Array.of(2n) },
      Float64Array.of(1, 2),
    ],
    [
      "int32 to int64",
      { a: BigInt64Array.of(1n) },
      { a: Int32Array.of(2) },
      BigInt64Array.of(1n, 2n),
    ],
    ["int8 to float32", { a: Float32Array.of(1) }, { a: Int8Array.of(2) }, Float32Array.of(1, 2)],
  ])("are converted to wider stored ones: %s", (_, old, incoming, expected) => {
    expect(() => append(columns(old), columns(incoming), "strict")).toThrow(
      expect.objectContaining({ code: "schema-mismatch" }),
    );
    for (const policy of ["add-columns", "promote"] as const) {
      expect(append(columns(old), columns(incoming), policy).column("a").values).toEqual(expected);
    }
  });

  test.each<[string, FrameInput["columns"], FrameInput["columns"]]>([
    ["text and numbers", { a: ["x"] }, { a: Int8Array.of(1) }],
    ["numbers and text", { a: Int8Array.of(1) }, { a: ["x"] }],
    ["booleans and bytes", { a: [true] }, { a: Uint8Array.of(1) }],
    ["bytes and booleans", { a: Uint8Array.of(1) }, { a: [true] }],
    ["uint64 and int8", { a: BigUint64Array.of(1n) }, { a: Int8Array.of(1) }],
    [
      "integers that float64 rounds",
      { a: Float64Array.of(1) },
      { a: BigInt64Array.of(2n ** 53n + 1n) },
    ],
    ["the same for float32", { a: Float32Array.of(1) }, { a: BigUint64Array.of(2n ** 53n + 1n) }],
  ])("never meet: %s", (_, old, incoming) => {
    for (const policy of policies) {
      expect(() => append(columns(old), columns(incoming), policy)).toThrow(
        expect.objectContaining({ code: "schema-mismatch" }),
      );
    }
  });

  test("promote float32 for integers that are exact in float64", () => {
    const old = columns({ a: Float32Array.of(0.5) });
    const incoming = columns({ a: BigInt64Array.of(2n ** 52n + 1n) });
    expect(append(old, incoming, "promote").column("a").values).toEqual(
      Float64Array.of(0.5, 2 ** 52 + 1),
    );
  });

  test("refuse a policy that there is not", () => {
    const old = columns({ a: Int8Array.of(1) });
    expect(() => append(old, old, "any" as SchemaPolicy)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});

describe("the index of new rows", () => {
  test("must be there when the stored rows have one, and not when they have none", () => {
    const plain = columns({ a: Int8Array.of(1) });
    for (const [old, incoming] of [
      [indexed(Int32Array.of(1)), plain],
      [plain, indexed(Int32Array.of(1))],
      // As a column it is no index.
      [indexed(Int32Array.of(1)), columns({ time: Int32Array.of(1), a: Int8Array.of(1) })],
    ] as const) {
      expect(() => append(old, incoming, "promote")).toThrow(
        expect.objectContaining({ code: "schema-mismatch" }),
      );
    }
  });

  test("must have the stored name and unit", () => {
    const old = indexed(Int32Array.of(1), "time", "s");
    for (const incoming of [
      indexed(Int32Array.of(1), "date", "s"),
      indexed(Int32Array.of(1), "time", "ms"),
      indexed(Int32Array.of(1), "time"),
    ]) {
      expect(() => append(old, incoming, "promote")).toThrow(
        expect.objectContaining({ code: "schema-mismatch" }),
      );
    }
    expect(append(old, indexed(Int32Array.of(2), "time", "s"), "strict").rows).toBe(2);
  });

  test("promotes the stored one where that is exact, and is converted to it", () => {
    const promoted = append(indexed(Int32Array.of(1)), indexed(BigInt64Array.of(2n)), "promote");
    expect(promoted.index).toMatchObject({ type: "int64", values: BigInt64Array.of(1n, 2n) });
    const converted = append(
      indexed(BigInt64Array.of(1n)),
      indexed(Int32Array.of(2)),
      "add-columns",
    );
    expect(converted.index?.values).toEqual(BigInt64Array.of(1n, 2n));
    expect(() =>
      append(indexed(BigInt64Array.of(1n)), indexed(Float64Array.of(2)), "promote"),
    ).toThrow(expect.objectContaining({ code: "schema-mismatch" }));
  });
});

function indexed(values: NumericArray, name = "time", unit?: TimeUnit): Frame {
  return frame({ index: { name, unit, values }, columns: { a: Int8Array.of(1) } });
}

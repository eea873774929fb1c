import type { DocumentValue } from "@foretile/codecs/msgpack";
import { describe, expect, test } from "vitest";
import { arrayHandler } from "../../src/handler/array-handler.ts";
import { frameHandler } from "../../src/handler/frame-handler.ts";
import type { StoredBlock, StoredForm } from "../../src/handler/stored-form.ts";
import type { Part } from "../../src/segment/part.ts";
import { frame } from "../../src/value/frame.ts";
import { ndarray } from "../../src/value/nd-array.ts";
import { rowwiseOf } from "./rowwise-of.ts";
import { formOf, storeBlock } from "./stored-blocks.ts";

const damaged = expect.objectContaining({ code: "data-integrity" });

const prices = frame({
  index: { name: "time", unit: "s", values: Int32Array.of(1, 2) },
  columns: { price: Float64Array.of(1, 2), name: ["é", "b"], ok: [true, false] },
});
const form = formOf(frameHandler, prices, 1000);
const block = storeBlock(frameHandler, prices, form, { from: 0, to: 2 });

/** The block with other parts in lane 0: index, price, lengths of names, names, ok. */
function withParts(change: (parts: Part[]) => Part[]): StoredBlock {
  return { ...block, parts: new Map([[0, change([...(block.parts.get(0) ?? [])])]]) };
}

function withPart(position: number, part: Partial<Part>): StoredBlock {
  return withParts((parts) =>
    parts.map((old, at) => (at === position ? { ...old, ...part } : old)),
  );
}

describe("a damaged block of a frame", () => {
  test("is sound before it is damaged", () => {
    expect(frameHandler.assemble(form, [withParts((parts) => parts)]).toRows()).toEqual(
      prices.toRows(),
    );
  });

  test.each<[string, StoredBlock]>([
    ["no index lane", { rows: 2, parts: new Map() }],
    ["a part too few", withParts((parts) => parts.slice(1))],
    ["a part too many", withParts((parts) => [...parts, ...parts.slice(0, 1)])],
    ["a short part", withPart(0, { bytes: new Uint8Array(7) })],
    ["a long part", withPart(1, { bytes: new Uint8Array(24) })],
    ["elements of another width", withPart(1, { elementBytes: 4 })],
    ["text lengths that add up to less", withPart(2, { bytes: lengths(2, 0) })],
    ["text lengths that add up to more", withPart(2, { bytes: lengths(2, 2) })],
    ["enormous text lengths", withPart(2, { bytes: lengths(0xffff_ffff, 0xffff_ffff) })],
    ["a text length too few", withPart(2, { bytes: lengths(3) })],
    ["text lengths of another width", withPart(2, { elementBytes: 8 })],
    ["text of another width", withPart(3, { elementBytes: 2 })],
    ["text that is not UTF-8", withPart(3, { bytes: Uint8Array.of(0xff, 0x62, 0x63) })],
    ["a text that is cut within a character", withPart(2, { bytes: lengths(1, 2) })],
    ["booleans that are neither", withPart(4, { bytes: Uint8Array.of(1, 2) })],
    ["more rows than it holds", { ...block, rows: 3 }],
    ["fewer rows than it holds", { ...block, rows: 1 }],
    ["a fraction of a row", { ...block, rows: 1.5 }],
    ["more rows than any block", { rows: 2 ** 40, parts: new Map() }],
    ["less than no rows", { ...block, rows: -1 }],
  ])("is refused: %s", (_, bad) => {
    expect(() => frameHandler.assemble(form, [bad])).toThrow(damaged);
  });

  test("is refused when rows are wanted that it does not have", () => {
    for (const keep of [[{ from: 0, to: 3 }], [{ from: 1, to: 0 }]]) {
      expect(() => frameHandler.assemble(form, [{ ...block, keep }])).toThrow(
        expect.objectContaining({ code: "invalid-range" }),
      );
    }
  });
});

describe("a malformed form of a frame", () => {
  const schema = form.schema as { [name: string]: DocumentValue };
  const lanes = form.lanes;
  const price = { name: "price", type: "float64" };

  test.each<[string, StoredForm]>([
    ["no map", { schema: null, lanes }],
    ["no columns", { schema: { index: null }, lanes }],
    ["an unknown type", { schema: { ...schema, columns: [{ ...price, type: "float16" }] }, lanes }],
    [
      "an inherited type",
      { schema: { ...schema, columns: [{ ...price, type: "toString" }] }, lanes },
    ],
    ["a column twice", { schema: { ...schema, columns: [price, price] }, lanes }],
    [
      "a column like the index",
      { schema: { ...schema, columns: [{ ...price, name: "time" }] }, lanes },
    ],
    ["an index of text", { schema: { ...schema, index: indexOf({ type: "string" }) }, lanes }],
    ["an unknown unit", { schema: { ...schema, index: indexOf({ unit: "h" }) }, lanes }],
    ["no lane", { schema, lanes: [] }],
    ["a lane that is no map", { schema, lanes: [1] }],
    ["a lane twice", { schema, lanes: [...lanes, ...lanes] }],
    ["a column in two lanes", { schema, lanes: [...lanes, laneOf(false, ["price"])] }],
    ["a column in no lane", { schema, lanes: [laneOf(true, ["price", "name"])] }],
    ["an unknown column", { schema, lanes: [...lanes, laneOf(false, ["other"])] }],
    ["the index in no lane", { schema, lanes: [laneOf(false, ["price", "name", "ok"])] }],
    ["the index in two lanes", { schema, lanes: [...lanes, laneOf(true, [])] }],
    ["an index that there is not", { schema: { ...schema, index: null }, lanes }],
  ])("is refused: %s", (_, bad) => {
    expect(() => frameHandler.checkForm(form)).not.toThrow();
    expect(() => frameHandler.checkForm(bad)).toThrow(damaged);
    expect(() => frameHandler.assemble(bad, [])).toThrow(damaged);
    expect(() => rowwiseOf(frameHandler).lanesFor(bad, {})).toThrow(damaged);
  });
});

describe("a malformed array", () => {
  const array = ndarray({ shape: [2, 3], values: Int16Array.of(1, 2, 3, 4, 5, 6), grid: [2, 2] });
  const arrayForm = formOf(arrayHandler, array, 100);
  const arrayBlock = storeBlock(arrayHandler, array, arrayForm, { from: 0, to: 2 });
  const schema = arrayForm.schema as { [name: string]: DocumentValue };
  const lanes = arrayForm.lanes;
  const [first = null, second = null] = lanes;

  test.each<[string, StoredForm]>([
    ["an unknown type", { schema: { ...schema, type: "bool" }, lanes }],
    ["a shape that is no list", { schema: { ...schema, shape: 3 }, lanes }],
    ["an axis of no length", { schema: { ...schema, shape: [0] }, lanes }],
    ["an axis of a fraction", { schema: { ...schema, shape: [1.5] }, lanes }],
    ["an axis of a list", { schema: { ...schema, shape: [[3]] }, lanes }],
    ["a negative grid", { schema: { ...schema, grid: [-2, 2] }, lanes }],
    ["a negative start", { schema, lanes: [{ from: [-2], shape: [2] }] }],
    ["an axis too many", { schema: { ...schema, shape: [3, 1] }, lanes }],
    ["an enormous shape", { schema: { ...schema, shape: [2 ** 40, 2 ** 40] }, lanes }],
    [
      "an enormous tile",
      {
        schema: { ...schema, shape: [2 ** 40, 2 ** 40], grid: null },
        lanes: [{ from: [0, 0], shape: [2 ** 40, 2 ** 40] }],
      },
    ],
    ["a grid of other axes", { schema: { ...schema, grid: [1] }, lanes }],
    ["another length", { schema: { ...schema, shape: [4] }, lanes }],
    ["no lanes", { schema, lanes: [] }],
    ["a lane too few", { schema, lanes: [first] }],
    ["a lane too many", { schema, lanes: [...lanes, second] }],
    ["lanes in another order", { schema, lanes: [second, first] }],
    ["lanes that overlap", { schema, lanes: [first, { from: [1], shape: [2] }] }],
    ["enormous numbers of lanes", { schema: { ...schema, shape: [2 ** 40] }, lanes: [tileOf(1)] }],
  ])("is refused for its form: %s", (_, bad) => {
    expect(() => arrayHandler.checkForm(arrayForm)).not.toThrow();
    expect(() => arrayHandler.checkForm(bad)).toThrow(damaged);
    expect(() => arrayHandler.assemble(bad, [])).toThrow(damaged);
  });

  const [tile] = arrayBlock.parts.get(1) ?? [];
  test.each<[string, readonly Part[] | undefined]>([
    ["a missing tile", undefined],
    ["no part", []],
    ["two parts", tile && [tile, tile]],
    ["another width", tile && [{ ...tile, elementBytes: 4 }]],
    ["a short part", tile && [{ ...tile, bytes: new Uint8Array(2) }]],
    ["a long part", tile && [{ ...tile, bytes: new Uint8Array(6) }]],
  ])("is refused for its block: %s", (_, parts) => {
    const changed = new Map(arrayBlock.parts);
    if (parts) changed.set(1, parts);
    else changed.delete(1);
    expect(arrayHandler.assemble(arrayForm, [arrayBlock]).values).toEqual(array.values);
    expect(() => arrayHandler.assemble(arrayForm, [{ rows: 2, parts: changed }])).toThrow(damaged);
  });

  test("is not encoded in a lane that it does not have", () => {
    for (const lane of [tileOf(4), { from: [2], shape: [2] }, { from: [], shape: [] }]) {
      expect(() => arrayHandler.encodeLane(array, lane, { from: 0, to: 1 })).toThrow(
        expect.objectContaining({ code: "invalid-argument" }),
      );
    }
  });
});

describe("a value that was changed after it was made", () => {
  const rows = { from: 0, to: 2 };
  const [lane = null] = form.lanes;
  const refused = expect.objectContaining({ code: "invalid-argument" });

  test("is not stored with a lone surrogate", () => {
    const changed = frame({ columns: { name: ["a", "b"] } });
    changed.column("name").values[1] = "\ud800";
    expect(() =>
      frameHandler.encodeLane(changed, { index: false, columns: ["name"] }, rows),
    ).toThrow(refused);
  });

  test("is not stored with a boolean that is neither", () => {
    const changed = frame({ columns: { ok: [true, false] } });
    changed.column("ok").values[1] = 2;
    expect(() => frameHandler.encodeLane(changed, { index: false, columns: ["ok"] }, rows)).toThrow(
      refused,
    );
  });

  test("is not stored in the lanes of another frame", () => {
    const other = frame({ columns: { price: Float64Array.of(1, 2) } });
    expect(() => frameHandler.encodeLane(other, lane, rows)).toThrow(refused);
    expect(() => frameHandler.encodeLane(other, { index: false, columns: ["name"] }, rows)).toThrow(
      expect.objectContaining({ code: "no-such-column" }),
    );
  });
});

function lengths(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of values.entries()) view.setUint32(4 * at, value, true);
  return bytes;
}

function indexOf(change: { [name: string]: DocumentValue }): DocumentValue {
  return { name: "time", type: "int32", unit: "s", ...change };
}

function laneOf(hasIndex: boolean, columns: readonly string[]): DocumentValue {
  return { index: hasIndex, columns };
}

function tileOf(length: number): DocumentValue {
  return { from: [0], shape: [length] };
}

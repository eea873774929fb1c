import { decodeCanonical, encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import { describe, expect, test } from "vitest";
import { createHandlers, handlerOfRows } from "../../src/handler/handlers.ts";
import { valueHandler } from "../../src/handler/value-handler.ts";
import { frame } from "../../src/value/frame.ts";
import { ndarray } from "../../src/value/nd-array.ts";
import { formOf, storeBlocks } from "./stored-blocks.ts";

const someFrame = frame({ columns: { a: Int8Array.of(1) } });
const someArray = ndarray({ shape: [1], values: Int8Array.of(1) });
const rows = { from: 0, to: 1 };

describe("any other value", () => {
  test.each<[string, DocumentValue]>([
    ["null", null],
    ["a map", { deleted: true, list: [1, "two", -0, 2n ** 63n] }],
    ["bytes", Uint8Array.of(1, 2, 3)],
    ["nothing", ""],
  ])("is one block of one lane: %s", (_, value) => {
    expect(valueHandler.accepts(value)).toBe(true);
    const form = formOf(valueHandler, value, 1);
    const blocks = storeBlocks(valueHandler, value, form, []);
    valueHandler.checkForm(form);
    expect(valueHandler.layoutOf(value, 1)).toEqual({ rowsPerBlock: 1, lanes: [null] });
    expect(valueHandler.assemble(form, blocks)).toEqual(value);
    const encoded = encodeCanonical(value);
    expect(blocks).toMatchObject([{ rows: 1, parts: new Map([[0, [{ elementBytes: 1 }]]]) }]);
    expect(decodeCanonical(encoded, { maxBytes: 1000 })).toEqual(value);
    expect(valueHandler.rawBytes(value)).toBe(encoded.length);
    expect(valueHandler.rowwise).toBeUndefined();
  });

  test("has neither columns, members nor more rows", () => {
    const form = formOf(valueHandler, 1, 100);
    const blocks = storeBlocks(valueHandler, 1, form, []);
    for (const selection of [{ columns: [] }, { members: [0] }]) {
      expect(() => valueHandler.assemble(form, blocks, selection)).toThrow(
        expect.objectContaining({ code: "invalid-argument" }),
      );
    }
    expect(() => valueHandler.encodeLane(1, null, { from: 0, to: 2 })).toThrow(
      expect.objectContaining({ code: "invalid-range" }),
    );
  });

  test.each<[string, unknown]>([
    ["a function", () => 1],
    ["a typed array", Float64Array.of(1)],
    ["undefined within", { a: undefined }],
    ["a date", new Date(0)],
  ])("is refused without an encoding: %s", (_, value) => {
    const refused = expect.objectContaining({ code: "invalid-argument" });
    expect(() => valueHandler.rawBytes(value as DocumentValue)).toThrow(refused);
    expect(() => valueHandler.encodeLane(value as DocumentValue, null, rows)).toThrow(refused);
  });

  test("is refused when it is too large", () => {
    const limit = 64 * 1024 * 1024;
    // Five bytes say that these are bytes and how many.
    const large = new Uint8Array(limit - 5);
    expect(valueHandler.rawBytes(large)).toBe(limit);
    expect(() => valueHandler.encodeLane(new Uint8Array(limit - 4), null, rows)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });

  test("is refused when it is damaged", () => {
    const damaged = expect.objectContaining({ code: "data-integrity" });
    const form = { schema: null, lanes: [null] };
    const part = { bytes: Uint8Array.of(0xc1), elementBytes: 1 } as const;
    for (const blocks of [
      [],
      [{ rows: 1, parts: new Map() }],
      [{ rows: 1, parts: new Map([[0, []]]) }],
      [{ rows: 1, parts: new Map([[0, [part]]]) }],
      [1, 2].map(() => ({
        rows: 1,
        parts: new Map([[0, [{ ...part, bytes: encodeCanonical(1) }]]]),
      })),
    ]) {
      expect(() => valueHandler.assemble(form, blocks)).toThrow(damaged);
    }
    for (const bad of [
      { schema: 1, lanes: [null] },
      { schema: null, lanes: [] },
      { schema: null, lanes: [1] },
    ]) {
      expect(() => valueHandler.checkForm(bad)).toThrow(damaged);
      expect(() => valueHandler.assemble(bad, [])).toThrow(damaged);
    }
  });
});

const handlers = createHandlers();

function ofRows(name: string, incoming: unknown): string {
  return handlerOfRows(handlers.named(name), handlers.of(incoming)).name;
}

describe("handlers", () => {
  test("are found by value and by name", () => {
    for (const [value, name] of [
      [someFrame, "frame"],
      [someArray, "array"],
      [null, "value"],
      [[someFrame.rows], "value"],
    ] as const) {
      const handler = handlers.of(value);
      expect(handler.name).toBe(name);
      expect(handlers.named(name)).toBe(handler);
    }
    expect(() => handlers.of(undefined)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
    expect(() => handlers.named("prediction")).toThrow(
      expect.objectContaining({ code: "unsupported-capability" }),
    );
  });

  test("take rows of their own kind only", () => {
    expect(ofRows("frame", someFrame)).toBe("frame");
    expect(ofRows("array", someArray)).toBe("array");
    for (const [name, incoming] of [
      ["array", someFrame],
      ["frame", someArray],
      ["frame", { a: [1] }],
      ["value", someFrame],
      ["value", null],
    ] as const) {
      expect(() => ofRows(name, incoming)).toThrow(
        expect.objectContaining({
          code: "schema-mismatch",
          message: expect.stringContaining(
            name === "value" && incoming === null ? "opaque" : "kind",
          ),
        }),
      );
    }
  });
});

import { openMemoryStore } from "@foretile/storage/memory";
import { describe, expect, test } from "vitest";
import {
  createLibrary,
  openLibrary,
  type Codec,
  type CompositionOptions,
  type Handler,
} from "../../src/index.ts";

/** Turns every bit over: a filter of one's own. */
const invert: Codec = {
  kind: "filter",
  name: "invert",
  encode: (source, _elementBytes, target) => {
    for (const [index, byte] of source.entries()) target[index] = byte ^ 0xff;
  },
  decode: (source, _elementBytes, target) => {
    for (const [index, byte] of source.entries()) target[index] = byte ^ 0xff;
  },
};

const forgetful: Codec = {
  ...invert,
  name: "forgetful",
  decode: (_s, _e, target) => target.fill(0),
};

/** Stores a regular expression's source: a kind of value of one's own. */
const patternHandler: Handler<RegExp> = {
  name: "pattern",
  accepts: (value): value is RegExp => value instanceof RegExp,
  schemaOf: () => null,
  checkForm: () => {},
  rowCount: () => 1,
  rawBytes: ({ source }) => source.length,
  layoutOf: () => ({ rowsPerBlock: 1, lanes: [null] }),
  encodeLane: ({ source }) => [{ bytes: new TextEncoder().encode(source), elementBytes: 1 }],
  assemble: (_form, blocks) =>
    new RegExp(new TextDecoder().decode(blocks[0]?.parts.get(0)?.[0]?.bytes)),
};

const own: CompositionOptions = {
  custom: { handlers: ["pattern", "frame", "array", "value"], codecs: ["invert", "lz4"] },
  unsafe: true,
};

describe("a library of parts of one's own", () => {
  test("stores and reads with them, and is opened by whoever has them", async () => {
    await using store = openMemoryStore();
    const parts = { codecs: [invert], handlers: [patternHandler] };
    const library = await createLibrary({ store, ...parts, composition: own });
    await library.write("pattern", /a+b/u);
    await library.write("text", "plain");
    const again = await openLibrary({ store, ...parts });
    expect((await again.read<RegExp>("pattern")).value.source).toBe("a+b");
    expect((await again.read("text")).value).toBe("plain");
  });

  test.each([
    ["its codec", { handlers: [patternHandler] }],
    ["its handler", { codecs: [invert] }],
  ])("is refused by whoever lacks %s", async (_, parts) => {
    await using store = openMemoryStore();
    await createLibrary({ store, codecs: [invert], handlers: [patternHandler], composition: own });
    await expect(openLibrary({ store, ...parts })).rejects.toMatchObject({
      code: "unsupported-capability",
    });
  });

  test("is not made of codecs that do not give back what they were given", async () => {
    await using store = openMemoryStore();
    const composition: CompositionOptions = {
      custom: { codecs: ["forgetful", "lz4"] },
      unsafe: true,
    };
    const made = createLibrary({ store, codecs: [forgetful], composition });
    await expect(made).rejects.toMatchObject({ code: "unsupported-capability" });
    await expect(openLibrary({ store })).rejects.toMatchObject({ code: "not-a-library" });
  });

  test.each(["frame", "Pattern", "", "a".repeat(33)])(
    "needs handlers with names: %j",
    async (name) => {
      await using store = openMemoryStore();
      const handlers = [{ ...patternHandler, name }];
      await expect(createLibrary({ store, handlers })).rejects.toMatchObject({
        code: "invalid-argument",
      });
    },
  );
});

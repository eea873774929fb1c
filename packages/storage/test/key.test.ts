import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_KEY_BYTES, inKeyRange, prefixRange, toKey } from "../src/index.ts";

const keyText = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 20,
});

test("keys are printable ASCII of bounded length", () => {
  expect(toKey("!~")).toBe("!~");
  expect(toKey("k".repeat(MAX_KEY_BYTES))).toHaveLength(MAX_KEY_BYTES);
  for (const text of ["", " ", "a b", "a\n", "\x7f", "é", "\u{1f600}"]) {
    expect(() => toKey(text)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  }
  expect(() => toKey("k".repeat(MAX_KEY_BYTES + 1))).toThrow(
    expect.objectContaining({ code: "too-large" }),
  );
});

test("property: a prefix range holds exactly the keys with the prefix", () => {
  fc.assert(
    fc.property(keyText, keyText, fc.nat(5), (key, other, length) => {
      for (const prefix of [key.slice(0, length), other]) {
        expect(inKeyRange(key, prefixRange(prefix))).toBe(key.startsWith(prefix));
      }
    }),
  );
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { inKeyRange, type Key } from "@foretile/storage";
import { escapeKey, listBounds, unescapeKey } from "../src/object-name.ts";

const characters = Array.from({ length: 0x7e - 0x21 + 1 }, (_, index) =>
  String.fromCharCode(0x21 + index),
);
/** Often the four that are escaped and their neighbours. */
const character = fc.oneof(
  fc.constantFrom(".", "/", "[", "\\", "-", "0", "Z", "]"),
  fc.constantFrom(...characters),
);
const key = fc.string({ unit: character, minLength: 1, maxLength: 12 }).map((text) => text as Key);
const end = fc.option(
  fc.string({ unit: fc.oneof(character, fc.constantFrom(" ", "\x7f")), maxLength: 8 }),
  { nil: undefined },
);

test("a name gives its key back, and nothing else gives one", () => {
  fc.assert(
    fc.property(key, (text) => {
      expect(unescapeKey(escapeKey(text))).toBe(text);
    }),
  );
  for (const name of ["", ".", "a.", "a.2", "a/b", "[", "\\", "[\\", "a b", "é", "..0"]) {
    expect(unescapeKey(name)).toBeUndefined();
  }
});

test("no name looks like a path", () => {
  fc.assert(
    fc.property(key, (text) => {
      expect(escapeKey(text)).not.toMatch(/[/\\]|\.\.|\.$/);
    }),
  );
});

test("names sort as their keys do", () => {
  fc.assert(
    fc.property(key, key, (left, right) => {
      expect(escapeKey(left) < escapeKey(right)).toBe(left < right);
    }),
    { numRuns: 2_000 },
  );
});

test("the bounds of a range let through all its names, and start right at it", () => {
  fc.assert(
    fc.property(key, end, end, (text, gte, lt) => {
      const range = { ...(gte === undefined ? {} : { gte }), ...(lt === undefined ? {} : { lt }) };
      const { prefix, startAfter = "" } = listBounds("b/", range);
      const name = `b/${escapeKey(text)}`;
      const listed = name.startsWith(prefix) && name > startAfter;
      // What is above the range may be listed, what is below it not.
      const may = gte === undefined || text >= gte;
      expect(listed).toBe(inKeyRange(text, range) || (listed && may));
      expect(startAfter).toMatch(/^[\x20-\x7f]*$/);
    }),
    { numRuns: 5_000 },
  );
});

test("a range under a prefix asks for that prefix alone", () => {
  expect(listBounds("b/", { gte: "a/", lt: "a/\x7f" })).toEqual({
    prefix: "b/a.1",
    startAfter: undefined,
  });
});

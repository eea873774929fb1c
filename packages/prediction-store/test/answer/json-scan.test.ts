import * as fc from "fast-check";
import { expect, test } from "vitest";

import { MAX_JSON_DEPTH, skipValue } from "../../src/answer/json-scan.ts";
import { encode } from "./answer-samples.ts";

test("finds the end of every JSON value", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom("", ",", "]", " ", "x"), (text, rest) => {
      // A number would go on over digits only, and none of the rests has one.
      const bytes = encode(text + rest);
      expect(skipValue(bytes, 0)).toBe(encode(text).length);
    }),
  );
});

test.each([
  ["[1,2,,3]", 5],
  ["[1;2]", 2],
  ["[1 2]", 3],
  ['{"a":1;"b":2}', 6],
  ["[1}", 2],
  ['{"a":1]', 6],
  ['{"a":1,}', 7],
  ['{"a" 1}', 5],
  ["{1:2}", 1],
  ['"abc', 4],
  ['"\\x"', 2],
  ['"\\u12g4"', 5],
  ['"a\nb"', 2],
  ["-", 1],
  ["-x", 1],
  ["1.e5", 2],
  ["nulL", 3],
  ["[", 1],
  ["", 0],
] as const)("%s stops being JSON at %i", (text, offset) => {
  expect(skipValue(encode(text), 0)).toBe(~offset);
});

function nested(depth: number): Uint8Array {
  return encode("[".repeat(depth) + "]".repeat(depth));
}

test("nesting is bounded", () => {
  expect(skipValue(nested(MAX_JSON_DEPTH), 0)).toBe(2 * MAX_JSON_DEPTH);
  expect(skipValue(nested(MAX_JSON_DEPTH + 1), 0)).toBe(~MAX_JSON_DEPTH);
  expect(skipValue(encode('{"a":'.repeat(100_000)), 0)).toBe(~(5 * MAX_JSON_DEPTH));
});

import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";

import { jsonValue } from "../../src/output/json-value.ts";
import { printable } from "../../src/output/printable.ts";
import { versionRanges } from "../../src/output/version-ranges.ts";
import { ODD_SYMBOL, PRINTED_ODD_SYMBOL } from "../support/sample-library.ts";

test("what moves the cursor or hides text is written out", () => {
  expect(printable(ODD_SYMBOL)).toBe(PRINTED_ODD_SYMBOL);
  expect(printable("a/é 😀 #1")).toBe("a/é 😀 #1");
  expect(printable("\u0000\u007f\u009b\u00ad\u200b\u2028\ufeff")).toBe(
    "\\u{0}\\u{7f}\\u{9b}\\u{ad}\\u{200b}\\u{2028}\\u{feff}",
  );
});

test("printed text tells what it was", () => {
  assert(
    property(string({ unit: "binary" }), (text) => {
      const back = printable(text).replaceAll(/\\(?:\\|u\{([0-9a-f]+)\})/g, (_, hex?: string) =>
        hex === undefined ? "\\" : String.fromCodePoint(Number.parseInt(hex, 16)),
      );
      expect(back).toBe(text);
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test("metadata becomes JSON, whatever it holds", () => {
  const bytes = new Uint8Array([0, 1, 2, 255]).subarray(1);
  const value = { n: null, list: [1, Number.NaN, -Infinity], big: 2n ** 60n, bytes, text: "é" };
  expect(JSON.parse(JSON.stringify(jsonValue(value)))).toStrictEqual({
    n: null,
    list: [1, "NaN", "-Infinity"],
    big: "1152921504606846976",
    bytes: { base64: "AQL/" },
    text: "é",
  });
});

test.each([
  [[], ""],
  [[5], "5"],
  [[9, 8, 7, 4, 2, 1], "9-7, 4, 2-1"],
])("the versions %j", (versions, text) => {
  expect(versionRanges(versions)).toBe(text);
});

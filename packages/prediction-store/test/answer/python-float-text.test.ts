import { expect, test } from "vitest";

import { pythonFloatCharacters, pythonFloatText } from "../../src/answer/python-float-text.ts";
import { pythonFloatTexts } from "../fixtures/answer/python-float-texts.ts";
import { priceTokens } from "../fixtures/answer/synth-validation.ts";

function fromBits(hex: string): number {
  return Buffer.from(hex, "hex").readDoubleBE();
}

test("prints what Python prints", () => {
  for (const [bits, text] of pythonFloatTexts) expect(pythonFloatText(fromBits(bits))).toBe(text);
  expect(pythonFloatTexts.length).toBeGreaterThan(200);
});

test("counts the characters without the point", () => {
  for (const [token, text, characters] of priceTokens) {
    if (/^-?\d+$/.test(token)) continue;
    expect(pythonFloatText(Number(token))).toBe(text);
    expect(pythonFloatCharacters(Number(token))).toBe(characters);
  }
  expect(pythonFloatCharacters(Number.NaN)).toBe(3);
});

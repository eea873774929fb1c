import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { escapeKeyPart, isKeyspaceError, unescapeKeyPart } from "../src/index.ts";

const encoder = new TextEncoder();

function compareBytes(a: string, b: string): number {
  const [x, y] = [encoder.encode(a), encoder.encode(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i += 1) {
    const difference = (x[i] ?? 0) - (y[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(x.length - y.length);
}

// Many short texts from few, awkward characters: neighbours of every boundary of the escape, and whole Unicode.
const awkward = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      ...Array.from('\0 !"#$-./09AZ_az|}~\x7f\x80é߿ࠀ\uffff\u{10000}\u{10ffff}\ufeff'),
    ),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
  maxLength: 6,
});

describe("escapeKeyPart", () => {
  it.each(["BTC", "SPYX", "WTIOIL", "BRK.B", "xyz:CL", "BTC-USD", "", "a_b%20{c}", "$,-."])(
    "leaves %j unchanged",
    (text) => {
      expect(escapeKeyPart(text)).toBe(text);
      expect(unescapeKeyPart(text)).toBe(text);
    },
  );

  it.each([
    ["a#b", "a!23b"],
    ["a/b", "a.~~b"],
    ["a b!", "a!20b!21"],
    ["\0", "!00"],
    ["~\x7f", "~7E~7F"],
    ["é", "~C3~A9"],
    [".~/", ".~7E.~~"],
    ["\u{1f600}", "~F0~9F~98~80"],
    ["\ufeffa", "~EF~BB~BFa"],
  ])("writes %j as %j", (text, escaped) => {
    expect(escapeKeyPart(text)).toBe(escaped);
    expect(unescapeKeyPart(escaped)).toBe(text);
  });

  it("writes only key characters, no separator, and reads back", () => {
    fc.assert(
      fc.property(awkward, (text) => {
        const escaped = escapeKeyPart(text);
        expect(escaped).toMatch(/^[\x21-\x7e]*$/);
        expect(escaped).not.toMatch(/[#/]/);
        expect(escaped.length).toBeLessThanOrEqual(3 * encoder.encode(text).length);
        expect(unescapeKeyPart(escaped)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps the order of UTF-8 bytes exactly", () => {
    fc.assert(
      fc.property(awkward, awkward, awkward, (prefix, a, b) => {
        const [x, y] = [prefix + a, prefix + b];
        expect(compareBytes(escapeKeyPart(x), escapeKeyPart(y))).toBe(compareBytes(x, y));
      }),
      { numRuns: 5000 },
    );
  });

  it("keeps the order of every pair of ASCII characters, alone and before another", () => {
    const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
    const texts = ascii.flatMap((first) => [
      first,
      `${first}\0`,
      `${first}/`,
      `${first}\u{10ffff}`,
    ]);
    const sorted = texts.toSorted(compareBytes);
    expect(texts.map(escapeKeyPart).toSorted(compareBytes)).toEqual(sorted.map(escapeKeyPart));
  });

  it.each(["\ud800", "a\udc00", "\udc00\ud800"])("rejects the lone surrogate of %j", (text) => {
    expect(() => escapeKeyPart(text)).toThrow(
      expect.toSatisfy((error) => isKeyspaceError(error, "invalid-argument")),
    );
  });
});

describe("unescapeKeyPart", () => {
  it.each([
    "a#b",
    "a/b",
    "a b",
    "é",
    "!",
    "!2",
    "!24",
    "!2f",
    "!1f",
    "~",
    "~7D",
    "~e9",
    "~~",
    ".~",
    ".~~~",
    "~C3",
    "~C0~80",
    "~ED~A0~80",
    "~FF",
    "\x7f",
    "a\n",
  ])("rejects %j", (text) => {
    expect(() => unescapeKeyPart(text)).toThrow(
      expect.toSatisfy((error) => isKeyspaceError(error, "malformed")),
    );
  });

  it("accepts nothing but what escapeKeyPart writes", () => {
    const unit = fc.constantFrom(...Array.from("!~./0279ACEFaz"));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 8 }), (text) => {
        let rewritten = text;
        try {
          rewritten = escapeKeyPart(unescapeKeyPart(text));
        } catch (error) {
          if (!isKeyspaceError(error, "malformed")) throw error;
        }
        expect(rewritten).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeTraceId, encodeTraceId, isKeyspaceError } from "../../src/index.ts";

const invalidArgument: unknown = expect.toSatisfy((error) =>
  isKeyspaceError(error, "invalid-argument"),
);
const malformed: unknown = expect.toSatisfy((error) => isKeyspaceError(error, "malformed"));

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...Array.from('\0 !%,:=~\x7f"/#09AZazé\uffff\u{10000}\ufeff')),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
  maxLength: 5,
});
const params = fc.dictionary(
  fc.oneof(
    text.filter((key) => key !== ""),
    fc.constantFrom("__proto__", "constructor", "1", "10", "a", "a0", "a-b"),
  ),
  text,
  { minKeys: 1, maxKeys: 5 },
);

function decodedOrUndefined(id: string): Record<string, string> | undefined {
  try {
    return decodeTraceId(id);
  } catch (error) {
    if (isKeyspaceError(error, "malformed")) return undefined;
    throw error;
  }
}

describe("encodeTraceId", () => {
  it.each([
    [
      { asset: "BTC", label: "low", miner: "1042", interval: "5min" },
      ",asset=BTC,interval=5min,label=low,miner=1042,",
    ],
    [{ a: "" }, ",a=,"],
    [{ "a=b": "x,y", a_b: "%2C" }, ",a%3Db=x%2Cy,a_b=%252C,"],
    [{ name: "gs://a b\n" }, ",name=gs%3A//a%20b%0A,"],
    [{ "\u{10000}": "2", "\uffff": "1" }, ",%EF%BF%BF=1,%F0%90%80%80=2,"],
    [{ a0: "2", a: "1", "a-b": "3" }, ",a=1,a-b=3,a0=2,"],
    [{ "10": "x", "9": "y" }, ",10=x,9=y,"],
    [{ bom: "\ufeff\x7f" }, ",bom=%EF%BB%BF%7F,"],
  ])("writes %j as %s", (map, id) => {
    expect(encodeTraceId(map)).toBe(id);
    expect(decodeTraceId(id)).toEqual(map);
  });

  it("writes only characters of keys, none of which is a colon, and reads back", () => {
    fc.assert(
      fc.property(params, (map) => {
        const id = encodeTraceId(map);
        expect(id).toMatch(/^[\x21-\x7e]+$/);
        expect(id).not.toMatch(/:/);
        expect(new Map(Object.entries(decodeTraceId(id)))).toEqual(new Map(Object.entries(map)));
      }),
    );
  });

  it("writes one text whatever order the keys are in", () => {
    fc.assert(
      fc.property(params, (map) => {
        const reversed = Object.fromEntries(Object.entries(map).toReversed());
        expect(encodeTraceId(reversed)).toBe(encodeTraceId(map));
      }),
    );
  });

  it.each([
    [{}],
    [{ "": "x" }],
    [{ a: "\ud800" }],
    [{ "\udc00": "a" }],
    [{ a: 1 } as unknown as Record<string, string>],
    [{ a: undefined } as unknown as Record<string, string>],
  ])("refuses %j", (map) => {
    expect(() => encodeTraceId(map)).toThrow(invalidArgument);
  });
});

describe("decodeTraceId", () => {
  it.each([
    "",
    ",",
    ",,",
    ",,,",
    "a=1",
    ",a=1",
    "a=1,",
    "junk,a=1,",
    ",a=1,junk",
    ",a,",
    ",=1,",
    ",a=b=c,",
    ",a=1,,b=2,",
    ",a=1,a=2,",
    ",b=1,a=2,",
    ",%F0%90%80%80=2,%EF%BF%BF=1,",
    ",a=b:c,",
    ",a=b c,",
    ",a=é,",
    ",a=%,",
    ",a=%2,",
    ",a=%2c,",
    ",a=%41,",
    ",a=%C3,",
    ",a=%ED%A0%80,",
    ",a=1,\n",
  ])("refuses %j", (id) => {
    expect(() => decodeTraceId(id)).toThrow(malformed);
  });

  it("reads only what encodeTraceId writes", () => {
    const piece = fc.constantFrom(
      ",",
      "=",
      "%",
      "%2C",
      "%2c",
      "%C3%A9",
      "a",
      "b",
      "=1,",
      "A=",
      " ",
    );
    const almost = fc.array(piece, { maxLength: 8 }).map((pieces) => `,a${pieces.join("")},`);
    fc.assert(
      fc.property(almost, (id) => {
        const map = decodedOrUndefined(id);
        if (map === undefined) return;
        expect(encodeTraceId(map)).toBe(id);
      }),
    );
  });

  it("tells the beginning of a long text only", () => {
    expect(() => decodeTraceId("x".repeat(100_000))).toThrow(/^.{0,140}$/);
  });
});

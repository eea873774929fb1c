import { decodeCanonical, encodeCanonical } from "@foretile/codecs/msgpack";
import * as fc from "fast-check";
import { pack } from "msgpackr";
import { describe, expect, test } from "vitest";

import { codecErrorOf } from "../helpers/codec-error-of.ts";
import { documentValues } from "../helpers/document-values.ts";
import { fromHex } from "../helpers/hex.ts";

const limits = { maxBytes: 100_000 };

describe("bytes that are not the one encoding", () => {
  test.each([
    ["5 in two bytes", "cc05"],
    ["5 in three bytes", "cd0005"],
    ["5 in five bytes", "ce00000005"],
    ["5 in nine bytes", "cf0000000000000005"],
    ["5 in a signed form", "d005"],
    ["2^32 in the signed form", "d30000000100000000"],
    ["127 in two bytes", "cc7f"],
    ["255 in three bytes", "cd00ff"],
    ["65535 in five bytes", "ce0000ffff"],
    ["2^32 - 1 in nine bytes", "cf00000000ffffffff"],
    ["-32 in two bytes", "d0e0"],
    ["-128 in three bytes", "d1ff80"],
    ["-32768 in five bytes", "d2ffff8000"],
    ["-2^31 in nine bytes", "d3ffffffff80000000"],
    ["-1 in two bytes", "d0ff"],
    ["-1 in nine bytes", "d3ffffffffffffffff"],
    ["5 as a float64", "cb4014000000000000"],
    ["another NaN", "cb7ff8000000000001"],
    ["a negative NaN", "cbfff8000000000000"],
    ["a float32", "ca3fc00000"],
    ["text in a longer form", "d90161"],
    ["text in the longest form", "db0000000161"],
    ["text of 31 bytes in a longer form", `d91f${"61".repeat(31)}`],
    ["text of 255 bytes in a longer form", `da00ff${"61".repeat(255)}`],
    ["bytes of 255 in a longer form", `c500ff${"00".repeat(255)}`],
    ["an array of 15 in a longer form", `dc000f${"c0".repeat(15)}`],
    ["bytes in a longer form", "c5000100"],
    ["an array in a longer form", "dc000100"],
    ["a map in a longer form", "de0001a16100"],
    ["keys in another order", "82a16201a16102"],
    ["a key twice", "82a16101a16101"],
    ["a key twice with two values", "82a16101a16102"],
    ["a number as a key", "810101"],
    ["null as a key", "81c001"],
    ["bytes as a key", "81c4016101"],
    ["a key __proto__", "81a95f5f70726f746f5f5f80"],
    ["text that is no UTF-8", "a1ff"],
    ["a surrogate in UTF-8", "a3eda080"],
    ["an overlong character", "a2c0af"],
    ["long text that is no UTF-8", `d950${"61".repeat(79)}ff`],
    ["a byte order mark", "a4efbbbf61"],
    ["a byte order mark before long text", `d953efbbbf${"61".repeat(80)}`],
    ["the unused token", "c1"],
    ["an extension", "d40100"],
    ["an extension of 8 bytes", "c70101ff"],
    ["msgpackr's own timestamp", Buffer.from(pack(new Date(0))).toString("hex")],
    ["msgpackr's own undefined", Buffer.from(pack(undefined)).toString("hex")],
    ["bytes after the value", "c0c0"],
  ])("%s", (_name, hex) => {
    const error = codecErrorOf(() => decodeCanonical(fromHex(hex), limits));
    expect(error?.code).toBe("not-canonical");
  });

  test("a hostile key changes no prototype", () => {
    const bytes = fromHex("81a95f5f70726f746f5f5f81a56d61676963c3");
    expect(codecErrorOf(() => decodeCanonical(bytes, limits))?.code).toBe("not-canonical");
    expect(({} as { magic?: boolean }).magic).toBeUndefined();
    const constructor = decodeCanonical(encodeCanonical({ constructor: 1, toJSON: "a" }), limits);
    expect(Object.entries(constructor as object)).toEqual([
      ["constructor", 1],
      ["toJSON", "a"],
    ]);
  });
});

describe("lengths that no bytes back", () => {
  test.each([
    ["array 32", "ddffffffff"],
    ["array 16", "dcffff"],
    ["array of 3 with 2", "930000"],
    ["map 32", "dfffffffff"],
    ["map 16", "deffff"],
    ["map of 2 with 1", "82a16100"],
    ["map without its value", "81a161"],
    ["text 8", "d9ff61"],
    ["text 16", "daffff61"],
    ["text 32", "dbffffffff61"],
    ["short text", "a261"],
    ["bytes 8", "c4ff00"],
    ["bytes 16", "c5ffff00"],
    ["bytes 32", "c6ffffffff00"],
    ["uint 8", "cc"],
    ["uint 16", "cd00"],
    ["uint 32", "ce000000"],
    ["uint 64", "cf00000000000000"],
    ["float 64", "cb00000000000000"],
    ["a cut length", "dd000000"],
    ["nested arrays of all that is left", "dd00001000".repeat(60)],
    ["nothing", ""],
  ])("%s", (_name, hex) => {
    const error = codecErrorOf(() => decodeCanonical(fromHex(hex), limits));
    expect(error?.code).toBe("truncated");
  });

  test("bytes over the limit are not looked at", () => {
    const error = codecErrorOf(() => decodeCanonical(new Uint8Array(11), { maxBytes: 10 }));
    expect(error).toMatchObject({ code: "too-large", details: { limit: 10, found: 11 } });
    expect(decodeCanonical(encodeCanonical("123456789"), { maxBytes: 10 })).toBe("123456789");
  });

  test("deep nesting does not reach the stack's end", () => {
    const bytes = new Uint8Array(100_000).fill(0x91);
    expect(codecErrorOf(() => decodeCanonical(bytes, limits))?.code).toBe("too-large");
    const maps = fromHex("81a161".repeat(30_000));
    expect(codecErrorOf(() => decodeCanonical(maps, limits))?.code).toBe("too-large");
  });
});

test("garbage and changed documents are canonical, or fail typed", () => {
  const changed = fc
    .tuple(documentValues, fc.nat(), fc.integer({ min: 0, max: 255 }))
    .map(([value, place, byte]) => {
      const bytes = encodeCanonical(value);
      bytes[place % bytes.length] = byte;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), changed), (bytes) => {
      let again = bytes;
      const error = codecErrorOf(() => {
        again = encodeCanonical(decodeCanonical(bytes, limits));
      });
      expect(again).toEqual(bytes);
      expect([undefined, "truncated", "not-canonical", "too-large"]).toContain(error?.code);
    }),
    { numRuns: 5_000 },
  );
});

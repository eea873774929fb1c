import { crc32 as zlibCrc32 } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isKeyspaceError, tileOfKey } from "../../src/index.ts";
import { crc32 } from "../../src/gold/crc32.ts";
import {
  goldColumn,
  goldOpsRow,
  goldRowPrefix,
  goldShard,
  goldTraceRow,
  parseGoldColumn,
  parseGoldRow,
} from "../../src/gold/index.ts";

const invalidArgument: unknown = expect.toSatisfy((error) =>
  isKeyspaceError(error, "invalid-argument"),
);
const malformed: unknown = expect.toSatisfy((error) => isKeyspaceError(error, "malformed"));
const encoder = new TextEncoder();

describe("crc32", () => {
  it("agrees with zlib's", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(crc32(bytes)).toBe(zlibCrc32(bytes));
      }),
    );
  });
});

describe("names of rows", () => {
  it.each([
    [18, 0, ":ts:o:2147483647:"],
    [18, 196, ":ts:o:2147483451:"],
    [18, 1_238_947_312, ":ts:o:0908536335:"],
  ])("vector %d: the dictionary of tile %d is in %s", (_, tile, name) => {
    expect(goldOpsRow(tile)).toBe(name);
    expect(parseGoldRow(name)).toEqual({ type: "o", tile });
  });

  it.each([
    [19, 2_147_483_646, "03:ts:t:2147483646:,0=1,1=3,3=0,"],
    [20, 57, "03:ts:t:0000000057:,0=1,1=3,3=0,"],
  ])("vector %d: shard 3, key %d", (_, key, name) => {
    const tile = tileOfKey(key);
    expect(goldTraceRow("t", tile, ",0=1,1=3,3=0,", 3)).toBe(name);
    expect(parseGoldRow(name)).toEqual({ type: "t", tile, shard: 3, subkey: ",0=1,1=3,3=0," });
  });

  it.each([
    [21, ",0=1,1=3,3=0,", 0x172c47c9, 9, "09:ts:t:2147483647:,0=1,1=3,3=0,"],
    [22, ",0=1,1=3,9=0,", 0x7891a7ad, 13, "13:ts:t:2147483647:,0=1,1=3,9=0,"],
    [23, ",0=0,", 0xf315e16a, 10, "10:ts:t:2147483647:,0=0,"],
    [23, ",0=1,", 0xea0ed02b, 11, "11:ts:t:2147483647:,0=1,"],
    [23, ",0=2,", 0xc12383e8, 8, "08:ts:t:2147483647:,0=2,"],
  ])("vector %d: %s has CRC %d and shard %d", (_, subkey, sum, shard, name) => {
    expect(crc32(encoder.encode(subkey))).toBe(sum);
    expect(goldShard(subkey)).toBe(shard);
    expect(goldTraceRow("t", 0, subkey)).toBe(name);
  });

  it.each([
    [24, ",0=0,1=0,", 9],
    [24, ",0=0,1=0,2=0,", 28],
    [24, ",0=0,1=0,2=1,", 29],
    [25, ",0=3,1=68,2=1,", 28],
    [25, ",0=10,1=255,2=3,17=1,", 10],
    [25, "", 0],
    [26, "123456789", 6],
  ])("vector %d: %s has shard %d", (_, subkey, shard) => {
    expect(goldShard(subkey)).toBe(shard);
  });

  it("vector 26: the check value of the polynomial", () => {
    expect(crc32(encoder.encode("123456789"))).toBe(0xcbf43926);
  });

  it("vector 27: options of a trace in tile 1", () => {
    expect(goldTraceRow("p", 1, ",0=0,")).toBe("10:ts:p:2147483646:,0=0,");
  });

  it("vectors 28 and 29: what a name says about the trace", () => {
    expect(parseGoldRow(":ts:o:2147483646:")).toEqual({ type: "o", tile: 1 });
    expect(parseGoldRow("03:ts:t:2147483646:,0=1,1=3,3=0,")).toMatchObject({
      subkey: ",0=1,1=3,3=0,",
    });
  });

  it("vector 30: shards first, then types, then the newest tile; dictionaries last", () => {
    const names = [
      goldOpsRow(1),
      goldRowPrefix("t", 1, 0),
      goldRowPrefix("p", 0, 1),
      goldRowPrefix("p", 0, 0),
      goldRowPrefix("t", 2, 0),
      goldOpsRow(0),
    ];
    expect(names.toSorted((left, right) => (left < right ? -1 : 1))).toEqual([
      "00:ts:p:2147483647:",
      "00:ts:t:2147483645:",
      "00:ts:t:2147483646:",
      "01:ts:p:2147483647:",
      ":ts:o:2147483646:",
      ":ts:o:2147483647:",
    ]);
  });

  it.each([
    ["t", -1, ",0=0,", 0],
    ["t", 2 ** 31, ",0=0,", 0],
    ["t", 0, "", 0],
    ["t", 0, ",0=0:,", 0],
    ["t", 0, ",0=é,", 0],
    ["t", 0, ",0=0,", 32],
    ["p", 0, ",0=0,", -1],
    ["p", 0, ",0=0,", 1.5],
  ] as const)("refuses %s %d %j %d", (type, tile, subkey, shard) => {
    expect(() => goldTraceRow(type, tile, subkey, shard)).toThrow(invalidArgument);
  });

  it.each([
    "",
    "x",
    ":ts:o:2147483646",
    ":ts:o:2147483646:x",
    ":ts:o:2147483648:",
    ":ts:o:214748364:",
    ":ts:o:-000000001:",
    "00:ts:o:2147483646:",
    ":ts:t:2147483646:,0=0,",
    "10:ts:t:2147483646:",
    "10:ts:d:2147483646:,0=0,",
    "10:xx:t:2147483646:,0=0,",
    "1:ts:t:2147483646:,0=0,",
    "32:ts:t:2147483646:,0=0,",
    "10:ts:t:9999999999:,0=0,",
    "10:ts:t:2147483646:,0=0,:",
    "10:ts:t:2147483646:,0=0 ,",
  ])("does not read %j", (name) => {
    expect(() => parseGoldRow(name)).toThrow(malformed);
  });
});

describe("columns", () => {
  it("are read back", () => {
    for (let offset = 0; offset < 256; offset += 1) {
      expect(parseGoldColumn(goldColumn(offset))).toBe(offset);
    }
  });

  it.each(["", "0", "00", "0000", "256", "999", "-01", "1e1", " 12", "12\n"])(
    "are not %j",
    (text) => {
      expect(() => parseGoldColumn(text)).toThrow(malformed);
    },
  );

  it.each([-1, 256, 0.5, Number.NaN])("have no offset %d", (offset) => {
    expect(() => goldColumn(offset)).toThrow(invalidArgument);
  });
});

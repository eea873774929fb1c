import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";

import { isKeyspaceError } from "../../src/index.ts";
import { parsePerfRow, type PerfRow, perfRow, perfShard } from "../../src/perf/index.ts";

const invalidArgument: unknown = expect.toSatisfy((error) =>
  isKeyspaceError(error, "invalid-argument"),
);
const malformed: unknown = expect.toSatisfy((error) => isKeyspaceError(error, "malformed"));

function traceRow(tile: number, subkey: string, shards: number): PerfRow {
  return { type: "trace", tile, shard: perfShard(subkey, shards), subkey };
}

const md5 = createHash("md5").update("gs://some/test/location").digest("hex");
const rows: readonly (readonly [number, PerfRow, string])[] = [
  [31, { type: "dictionary", tile: 0 }, "@2147483647"],
  [31, traceRow(0, ",0=1,", 3), "1:2147483647:,0=1,"],
  [32, traceRow(1, ",0=1,", 3), "1:2147483646:,0=1,"],
  [32, traceRow(1, ",0=2,", 3), "0:2147483646:,0=2,"],
  [33, { type: "dictionary", tile: 10 }, "@2147483637"],
  [34, traceRow(1, ",0=1,", 8), "3:2147483646:,0=1,"],
  [34, traceRow(1, ",0=2,", 8), "0:2147483646:,0=2,"],
  [78, { type: "source", md5 }, "&a1464494db083fec41a472c2f5d03697"],
];

describe("names of Perf's rows", () => {
  it.each(rows)("vector %d: %j is %s", (_, row, name) => {
    expect(perfRow(row)).toBe(name);
    expect(parsePerfRow(name)).toEqual(row);
  });

  it("names entries of a tile's index", () => {
    const row: PerfRow = { type: "index", tile: 1, numbers: [0, 1], subkey: ",0=1," };
    expect(perfRow(row)).toBe("j2147483646:0:1:,0=1,");
    expect(parsePerfRow("j2147483646:0:1:,0=1,")).toEqual(row);
  });

  it("pads keys to seven digits only", () => {
    const row: PerfRow = { type: "dictionary", tile: 2_147_483_640 };
    expect(perfRow(row)).toBe("@0000007");
    expect(parsePerfRow("@0000007")).toEqual(row);
  });

  it.each([
    "2147483646",
    "",
    "@",
    "@7",
    "@02147483647",
    "1:2147483646:",
    "01:2147483646:,0=1,",
    "1:2147483646:,0=1,:",
    "j2147483646:0:,0=1,",
    "j2147483646:00:1:,0=1,",
    "&A1464494DB083FEC41A472C2F5D03697",
    "&a146",
    "@2147483648",
  ])("vector 33: %j is none", (name) => {
    expect(() => parsePerfRow(name)).toThrow(malformed);
  });

  it.each<[PerfRow]>([
    [{ type: "dictionary", tile: -1 }],
    [{ type: "trace", tile: 0, shard: -1, subkey: ",0=0," }],
    [{ type: "trace", tile: 0, shard: 0, subkey: "" }],
    [{ type: "trace", tile: 0, shard: 0, subkey: "a:b" }],
    [{ type: "index", tile: 0, numbers: [0, 1.5], subkey: ",0=0," }],
    [{ type: "source", md5: "x" }],
  ])("does not name %j", (row) => {
    expect(() => perfRow(row)).toThrow(invalidArgument);
  });

  it("needs a shard", () => {
    expect(() => perfShard(",0=0,", 0)).toThrow(invalidArgument);
  });
});

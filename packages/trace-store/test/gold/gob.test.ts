import { createHash } from "node:crypto";
import { OrderedParamSet } from "@foretile/keyspace/gold";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeOps } from "../../src/gold/gob/decode-ops.ts";
import { encodeOps } from "../../src/gold/gob/encode-ops.ts";
import { isTraceStoreError } from "../../src/index.ts";

const damaged: unknown = expect.toSatisfy((error) => isTraceStoreError(error, "tile-damaged"));

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

/** What Go wrote for the keys `os` with `win` and `linux`. */
const written = Buffer.from(
  "Of+BAwEBD09yZGVyZWRQYXJhbVNldAH/ggABAgEIS2V5T3JkZXIB/4QAAQhQYXJhbVNldAH/hgAAABb/gwIBAQhbXXN0cmluZwH/" +
    "hAABDAAAGf+FBAEBCFBhcmFtU2V0Af+GAAEMAf+EAAAY/4IBAQJvcwEBAm9zAgN3aW4FbGludXgA",
  "base64",
);

/** The same, as another program would write it that had met other types before: 70, 71 and 72. */
const otherNumbers = Buffer.from(
  written
    .toString("hex")
    .replaceAll("ff81", "ff8b")
    .replaceAll("ff82", "ff8c")
    .replaceAll("ff83", "ff8d")
    .replaceAll("ff84", "ff8e")
    .replaceAll("ff85", "ff8f")
    .replaceAll("ff86", "ff90"),
  "hex",
);

const os = OrderedParamSet.of([["os", ["win", "linux"]]]);

describe("dictionaries in the bytes of Go", () => {
  it("vector 51: nothing", () => {
    const bytes = encodeOps(OrderedParamSet.empty);
    expect(bytes).toHaveLength(113);
    expect(md5(bytes)).toBe("c011636276b346664a4d3a473ff07fc5");
    expect(decodeOps(bytes).entries()).toEqual([]);
  });

  it("vector 52: one value", () => {
    const bytes = encodeOps(OrderedParamSet.of([["config", ["8888"]]]));
    expect(bytes).toHaveLength(135);
    expect(md5(bytes)).toBe("7a59e4600a8f20900c933037d8e0011a");
    expect(Buffer.from(bytes).toString("hex")).toMatch(
      /1bff82010106636f6e666967010106636f6e66696701043838383800$/,
    );
  });

  it("vector 53: two values, in both directions", () => {
    expect(decodeOps(written).entries()).toEqual(os.entries());
    expect(Buffer.from(encodeOps(os))).toEqual(written);
    expect(md5(written)).toBe("5f6049e9787b0710aace616345774b59");
  });

  it("fault 4: one dictionary has one encoding, where Gold's map is in any order", () => {
    const values = ["x"];
    const ops = OrderedParamSet.of([
      ["b", values],
      ["\u{10000}", values],
      ["a", values],
      ["\uffff", values],
    ]);
    expect(Buffer.from(encodeOps(ops)).toString("hex")).toMatch(
      /01040161010178016201017803efbfbf01017804f090808001017800$/,
    );
    expect(decodeOps(encodeOps(ops)).keys).toEqual(["b", "\u{10000}", "a", "\uffff"]);
  });

  it("takes the numbers of types from their definitions", () => {
    expect(decodeOps(otherNumbers).entries()).toEqual(os.entries());
  });

  it("reads back any dictionary", () => {
    const text = fc.oneof(fc.string(), fc.constantFrom("__proto__", "\ufeff", "x".repeat(300)));
    const entries = fc.uniqueArray(fc.tuple(text, fc.uniqueArray(text, { maxLength: 4 })), {
      selector: ([key]) => key,
      maxLength: 5,
    });
    fc.assert(
      fc.property(entries, (given) => {
        expect(decodeOps(encodeOps(OrderedParamSet.of(given))).entries()).toEqual(given);
      }),
    );
  });

  it("reads a hundred thousand values", () => {
    const values = Array.from({ length: 100_000 }, (_, number) => `value ${number}`);
    const back = decodeOps(encodeOps(OrderedParamSet.of([["key", values]])));
    expect(back.encode({ key: "value 99999" })).toBe(",0=99999,");
  });
});

describe("bytes that are no dictionary", () => {
  it("are refused at any length", () => {
    for (let length = 0; length < written.length; length += 1) {
      expect(() => decodeOps(written.subarray(0, length))).toThrow(damaged);
    }
    expect(() => decodeOps(Buffer.concat([written, written]))).toThrow(damaged);
  });

  it("are refused or read, and never something else, with any byte changed", () => {
    for (let at = 0; at < written.length; at += 1) {
      for (const change of [0x01, 0x80, 0xff, 0x06]) {
        const changed = Uint8Array.from(written);
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(outcomeOf(changed)).toMatch(/^read|tile-damaged$/);
      }
    }
  });

  it("are refused or read, whatever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(outcomeOf(bytes)).toMatch(/^read|tile-damaged$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["a count beyond the end", "0101026f730101", "01fb0100000000"],
    ["a text that is not UTF-8", "77696e", "ff696e"],
    ["a key that no value belongs to", "01026f73010102", "01026f74010102"],
    ["a value that goes on behind its end", "18ff82", "19ff82"],
    ["a value without a number", "18ff820101026f73", "15ff820100"],
    ["a value twice", "0377696e056c696e7578", "0377696e0377696e"],
  ])("are refused: %s", (_, from, to) => {
    const hex = written.toString("hex");
    expect(hex).toContain(from);
    const changed = `${hex.replace(from, to)}${to.startsWith("19") ? "00" : ""}`;
    expect(() => decodeOps(Buffer.from(changed, "hex"))).toThrow(damaged);
  });
});

function outcomeOf(bytes: Uint8Array): string {
  try {
    decodeOps(bytes);
    return "read";
  } catch (error) {
    if (isTraceStoreError(error)) return error.code;
    throw error;
  }
}

import { describe, expect, test } from "vitest";
import { resolveChain } from "../../../src/segment/codec/codec-chain.ts";
import { createCodecRegistry } from "../../../src/segment/codec/codec-registry.ts";
import { shuffleFilter } from "../../../src/segment/codec/shuffle-filter.ts";
import { CHAINS } from "../helpers/part-samples.ts";
import { versionStoreErrorOf } from "../helpers/version-store-error-of.ts";

const registry = createCodecRegistry();

describe("a chain", () => {
  test.each(CHAINS.map((names) => ({ names })))("of $names is found", ({ names }) => {
    const { filters, compressor } = resolveChain(names, registry);
    const found = [...filters, ...(compressor === undefined ? [] : [compressor])];
    expect(found.map(({ name }) => name)).toEqual(names);
  });

  test.each([
    [["brotli"], /unknown codec.*codec="brotli" known=shuffle,delta,xor,lz4,zstd/],
    [["lz4", "zstd"], /after its compressor/],
    [["lz4", "shuffle"], /after its compressor/],
    [["shuffle"], /filters alone/],
    [["delta", "shuffle"], /filters alone/],
    [[...Array.from({ length: 8 }, () => "delta"), "lz4"], /more than 8/],
    [["__proto__"], /unknown codec/],
    [[""], /unknown codec/],
  ])("of %j is refused", (names, message) => {
    const error = versionStoreErrorOf(() => resolveChain(names, registry));
    expect(error).toMatchObject({ code: "unsupported-capability" });
    expect(error?.message).toMatch(message);
  });

  test("may have eight codecs", () => {
    const names = [...Array.from({ length: 7 }, () => "delta"), "lz4"];
    expect(resolveChain(names, registry).filters).toHaveLength(7);
  });
});

describe("a registry", () => {
  test("takes further codecs, without changing others", () => {
    const mirror = { ...shuffleFilter, name: "mirror-2" };
    expect(createCodecRegistry([mirror]).get("mirror-2")).toBe(mirror);
    expect(registry.has("mirror-2")).toBe(false);
  });

  test.each(["lz4", "Upper", "", "2fast", "a b", `a${"b".repeat(32)}`, "naïve"])(
    "refuses the name %j",
    (name) => {
      const run = (): unknown => createCodecRegistry([{ ...shuffleFilter, name }]);
      expect(versionStoreErrorOf(run)).toMatchObject({ code: "invalid-argument" });
    },
  );

  test("refuses a name that comes twice", () => {
    const codec = { ...shuffleFilter, name: "mine" };
    const run = (): unknown => createCodecRegistry([codec, codec]);
    expect(versionStoreErrorOf(run)).toMatchObject({ code: "invalid-argument" });
  });
});

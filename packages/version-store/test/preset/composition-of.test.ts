import { encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import { describe, expect, test } from "vitest";
import { compositionOf, type CompositionOptions } from "../../src/preset/composition-of.ts";
import { decodeComposition, encodeComposition } from "../../src/preset/composition.ts";
import type { PlacementName } from "../../src/placement/placement.ts";
import { PRESETS, type PresetName } from "../../src/preset/preset.ts";
import { versionStoreErrorOf } from "../segment/helpers/version-store-error-of.ts";

const names = Object.keys(PRESETS) as PresetName[];
const segments = { placement: "segments", packBytes: undefined };

describe("a preset", () => {
  test.each(names)("%s has all parameters", (preset) => {
    expect(compositionOf({ preset })).toEqual({ preset, ...PRESETS[preset], ...segments });
  });

  test("is general when none is named", () => {
    expect(compositionOf()).toEqual(compositionOf({ preset: "general" }));
    expect(compositionOf({}).preset).toBe("general");
  });

  test.each(["generous", "", "toString", "__proto__"])("%j is none", (name) => {
    const error = versionStoreErrorOf(() => compositionOf({ preset: name as PresetName }));
    expect(error).toMatchObject({ code: "invalid-argument" });
    expect(error?.message).toContain("known=general,ensembles,archive,plain");
  });

  test("and parameters are refused together", () => {
    const options = { preset: "plain", custom: { codecs: ["lz4"] } };
    const run = (): unknown => compositionOf(options as unknown as CompositionOptions);
    expect(versionStoreErrorOf(run)).toMatchObject({ code: "invalid-argument" });
  });
});

describe("parameters of one's own", () => {
  test("are as in general where they are absent", () => {
    const { handlers, targetBytes, codecs } = PRESETS.general;
    expect(compositionOf({ custom: {} })).toEqual({
      preset: undefined,
      handlers,
      targetBytes,
      codecs,
      ...segments,
    });
    expect(compositionOf({ custom: { targetBytes: 65_536 } }).targetBytes).toBe(65_536);
    expect(compositionOf({ custom: { handlers: ["value"] } }).handlers).toEqual(["value"]);
    expect(compositionOf({ custom: { codecs: [] } }).codecs).toEqual([]);
  });

  test.each([[["shuffle"]], [["lz4", "shuffle"]], [["shuffle lz4"]], [["mine"]], [["xor", "lz4"]]])(
    "need unsafe for the chain %j",
    (codecs) => {
      const error = versionStoreErrorOf(() => compositionOf({ custom: { codecs } }));
      expect(error).toMatchObject({ code: "invalid-argument" });
      expect(error?.message).toContain("set unsafe");
      expect(
        versionStoreErrorOf(() => compositionOf({ custom: { codecs }, unsafe: false })),
      ).toBeDefined();
      expect(compositionOf({ custom: { codecs }, unsafe: true }).codecs).toEqual(codecs);
    },
  );

  test.each([1, 16_383, 8_388_609, Number.NaN])("need unsafe for the target %d", (targetBytes) => {
    const error = versionStoreErrorOf(() => compositionOf({ custom: { targetBytes } }));
    expect(error).toMatchObject({ code: "invalid-argument" });
    expect(error?.message).toContain("set unsafe");
    const composition = compositionOf({ custom: { targetBytes }, unsafe: true });
    expect(composition.targetBytes).toBe(targetBytes);
  });

  test.each([16_384, 8_388_608])("may have the target %d", (targetBytes) => {
    expect(compositionOf({ custom: { targetBytes } }).targetBytes).toBe(targetBytes);
  });

  test("are the library's, not the caller's", () => {
    const codecs = ["shuffle", "lz4"];
    const handlers = ["frame"];
    const composition = compositionOf({ custom: { codecs, handlers } });
    codecs.push("zstd");
    handlers.push("array");
    expect(composition).toMatchObject({ codecs: ["shuffle", "lz4"], handlers: ["frame"] });
  });
});

describe("a placement", () => {
  test("of packs has a size", () => {
    expect(compositionOf({ placement: "packs" })).toMatchObject({ packBytes: 33_554_432 });
    const own = compositionOf({ placement: "packs", packBytes: 4096 });
    expect(own).toMatchObject({ preset: "general", placement: "packs", packBytes: 4096 });
  });

  test.each<CompositionOptions>([
    { placement: "piles" as PlacementName },
    { placement: "packs", packBytes: 4095 },
    { placement: "packs", packBytes: 2 ** 30 + 1 },
    { placement: "packs", packBytes: 4096.5 },
    { packBytes: 4096 },
    { placement: "cells", packBytes: 4096 },
  ])("%j is refused", (options) => {
    const error = versionStoreErrorOf(() => compositionOf(options));
    expect(error).toMatchObject({ code: "invalid-argument" });
  });
});

describe("the stored composition", () => {
  test.each<CompositionOptions>([
    { placement: "packs", packBytes: 65_536 },
    { placement: "cells" },
  ])("of the placement %j comes back", (options) => {
    const composition = compositionOf(options);
    expect(decodeComposition(encodeComposition(composition))).toEqual(composition);
  });

  test.each(names)("of %s comes back", (preset) => {
    const composition = compositionOf({ preset });
    expect(decodeComposition(encodeComposition(composition))).toEqual(composition);
  });

  test("of parameters of one's own comes back", () => {
    const custom = { handlers: ["value"], targetBytes: 20_000, codecs: ["zstd"] };
    const composition = compositionOf({ custom });
    expect(decodeComposition(encodeComposition(composition))).toEqual({
      preset: undefined,
      ...custom,
      ...segments,
    });
  });

  test("is frozen", () => {
    expect(encodeComposition(compositionOf({ preset: "archive" }))).toEqual({
      preset: "archive",
      handlers: ["frame", "array", "value"],
      target_bytes: 4_194_304,
      codecs: ["shuffle", "zstd"],
    });
    expect(encodeComposition(compositionOf({ custom: {} }))).toMatchObject({ preset: null });
    expect(() => encodeCanonical(encodeComposition(compositionOf()))).not.toThrow();
  });

  test("keeps the name of a preset that this release does not have", () => {
    const stored = { preset: "newer", handlers: ["frame"], target_bytes: 1, codecs: ["newer"] };
    expect(decodeComposition(stored)).toMatchObject({ preset: "newer", codecs: ["newer"] });
  });

  const sound = { preset: null, handlers: ["frame"], target_bytes: 1, codecs: [] };
  test.each<DocumentValue>([
    null,
    { ...sound, preset: 1 },
    { ...sound, handlers: "frame" },
    { ...sound, handlers: [1] },
    { ...sound, target_bytes: 0 },
    { ...sound, target_bytes: 1.5 },
    { ...sound, codecs: null },
    { preset: null, handlers: ["frame"], codecs: [] },
    { ...sound, placement: "piles", pack_bytes: null },
    { ...sound, placement: "packs", pack_bytes: 1 },
    { ...sound, placement: "cells", pack_bytes: 4096 },
    { ...sound, placement: "packs" },
  ])("%j is damage", (document) => {
    const error = versionStoreErrorOf(() => decodeComposition(document));
    expect(error).toMatchObject({ code: "data-integrity" });
  });
});

import { describe, expect, test } from "vitest";
import { checkComposition } from "../../src/preset/check-composition.ts";
import { compositionOf } from "../../src/preset/composition-of.ts";
import type { Composition } from "../../src/preset/composition.ts";
import { PRESETS, VETTED_CHAINS, type PresetName } from "../../src/preset/preset.ts";
import type { Codec, Compressor, Filter } from "../../src/segment/codec/codec.ts";
import { createCodecRegistry } from "../../src/segment/codec/codec-registry.ts";
import { lz4Compressor } from "../../src/segment/codec/lz4-compressor.ts";
import type { Part } from "../../src/segment/part.ts";
import type { SegmentCodec } from "../../src/segment/segment-codec.ts";
import { checksum, registry } from "../segment/helpers/segment-codecs.ts";
import { versionStoreErrorOf } from "../segment/helpers/version-store-error-of.ts";

const environment = {
  capabilities: { maxBlobBytes: 64 * 1024 * 1024 },
  codecs: registry,
  handlers: ["frame", "array", "value"],
  checksum,
};

/** Does nothing, but remembers what it is given, and does damage when told to. */
class TestFilter implements Filter {
  readonly kind = "filter";
  readonly name = "test";
  readonly decoded: Part["elementBytes"][] = [];
  readonly #damage: (target: Uint8Array, elementBytes: Part["elementBytes"]) => void;

  constructor(damage: (target: Uint8Array, elementBytes: Part["elementBytes"]) => void) {
    this.#damage = damage;
  }

  encode(source: Uint8Array, _elementBytes: Part["elementBytes"], target: Uint8Array): void {
    target.set(source);
  }

  decode(source: Uint8Array, elementBytes: Part["elementBytes"], target: Uint8Array): void {
    target.set(source);
    this.decoded.push(elementBytes);
    this.#damage(target, elementBytes);
  }
}

function checkWith(codec: Codec, chain: readonly string[]): SegmentCodec {
  const composition = compositionOf({ custom: { codecs: chain }, unsafe: true });
  return checkComposition(composition, { ...environment, codecs: createCodecRegistry([codec]) });
}

function general(changes: Partial<Composition>): Composition {
  return { ...compositionOf(), ...changes };
}

describe("a composition that can be read back", () => {
  test.each(Object.keys(PRESETS) as PresetName[])("is every preset: %s", (preset) => {
    const composition = compositionOf({ preset });
    expect(checkComposition(composition, environment).chain).toEqual(composition.codecs);
  });

  test.each(VETTED_CHAINS.map((codecs) => ({ codecs })))("has the chain $codecs", ({ codecs }) => {
    expect(checkComposition(compositionOf({ custom: { codecs } }), environment).chain).toEqual(
      codecs,
    );
  });

  test("may use a codec of one's own, which is tried on every element size", () => {
    const filter = new TestFilter(() => undefined);
    expect(checkWith(filter, ["test", "zstd"]).chain).toEqual(["test", "zstd"]);
    expect(filter.decoded).toEqual([1, 2, 4, 8]);
  });
});

describe("a composition is refused for", () => {
  test.each<[string, Partial<Composition>, RegExp]>([
    ["an unknown codec", { codecs: ["brotli"] }, /unknown codec; upgrade, or register it/],
    ["two compressors", { codecs: ["lz4", "zstd"] }, /put one compressor, at the end/],
    ["a compressor that is not last", { codecs: ["zstd", "shuffle"] }, /at the end/],
    ["filters without a compressor", { codecs: ["shuffle"] }, /add a compressor/],
    ["an unknown handler", { handlers: ["frame", "table"] }, /handler="table" known=frame,array/],
    ["no handlers", { handlers: [] }, /needs handlers/],
    ["a handler twice", { handlers: ["frame", "frame"] }, /each named once/],
    ["a target that the store cannot hold", { targetBytes: 32 * 2 ** 20 }, /do not fit the store/],
  ])("%s", (_name, changes, message) => {
    const error = versionStoreErrorOf(() => checkComposition(general(changes), environment));
    expect(error).toMatchObject({ code: "unsupported-capability" });
    expect(error?.message).toMatch(message);
  });

  test("an impossible target", () => {
    const composition = general({ targetBytes: 0.5 });
    const error = versionStoreErrorOf(() => checkComposition(composition, environment));
    expect(error).toMatchObject({ code: "invalid-argument" });
  });

  test.each(["frame", "array", "value"])("a build without the handler %s", (missing) => {
    const handlers = environment.handlers.filter((name) => name !== missing);
    const run = (): unknown => checkComposition(compositionOf(), { ...environment, handlers });
    expect(versionStoreErrorOf(run)?.message).toContain(`handler="${missing}"`);
  });
});

describe("a codec that does not give back what it was given is refused", () => {
  const readBack = {
    code: "unsupported-capability",
    message: expect.stringContaining("give back"),
  };

  test.each([1, 2, 4, 8] as const)("when one bit of elements of %i bytes is lost", (size) => {
    const filter = new TestFilter((target, elementBytes) => {
      if (elementBytes === size) target[target.length >> 1] = (target[target.length >> 1] ?? 0) ^ 1;
    });
    expect(versionStoreErrorOf(() => checkWith(filter, ["test", "lz4"]))).toMatchObject(readBack);
  });

  test.each<[string, (target: Uint8Array) => void]>([
    ["the first byte", (target) => target.set([target[0] === 0 ? 1 : 0])],
    ["the last byte", (target) => target.fill(1, -1)],
    ["the sign of bytes", (target) => target.forEach((byte, at) => (target[at] = byte & 0x7f))],
  ])("when %s is lost", (_name, damage) => {
    const filter = new TestFilter(damage);
    expect(versionStoreErrorOf(() => checkWith(filter, ["test", "lz4"]))).toMatchObject(readBack);
  });

  test("when it fails to decode, with the cause", () => {
    const compressor: Compressor = {
      kind: "compressor",
      name: "test",
      compress: (bytes) => lz4Compressor.compress(bytes),
      decompress: () => {
        throw new RangeError("no way back");
      },
    };
    const error = versionStoreErrorOf(() => checkWith(compressor, ["test"]));
    expect(error).toMatchObject(readBack);
    expect(error?.cause).toMatchObject({ cause: { message: "no way back" } });
  });

  test("when it fails to encode, with the cause", () => {
    const compressor: Compressor = {
      ...lz4Compressor,
      name: "test",
      compress: () => {
        throw new RangeError("no way");
      },
    };
    const error = versionStoreErrorOf(() => checkWith(compressor, ["test"]));
    expect(error).toMatchObject({ ...readBack, cause: { message: "no way" } });
  });
});

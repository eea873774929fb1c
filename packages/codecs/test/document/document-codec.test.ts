import { readFileSync } from "node:fs";

import { loadChecksum } from "@foretile/codecs";
import { createDocumentCodec, documentHash } from "@foretile/codecs/msgpack";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { codecErrorOf } from "../helpers/codec-error-of.ts";
import { documentValues } from "../helpers/document-values.ts";
import { fromHex, toHex } from "../helpers/hex.ts";
import { misaligned } from "../helpers/misaligned.ts";

const codec = await createDocumentCodec();
const checksum = await loadChecksum();
const options = { maxVersion: 3, maxBytes: 10_000 };
const value = { a: [1, 2, 3], b: "text" };
const sealed = codec.seal("Test", 3, value);

/** The document with other bytes before its hash, and a hash that fits. */
function reseal(change: (view: DataView) => void): Uint8Array {
  const bytes = sealed.slice();
  change(new DataView(bytes.buffer, 0, bytes.length));
  bytes.set(checksum.hash128(bytes.subarray(0, -16)), bytes.length - 16);
  return bytes;
}

function codeOf(bytes: Uint8Array, opening = options): string | undefined {
  return codecErrorOf(() => codec.open("Test", opening, bytes))?.code;
}

test("any value comes back with its version, from any address", () => {
  const versions = fc.integer({ min: 1, max: 65_535 });
  fc.assert(
    fc.property(documentValues, versions, fc.nat(3), (some, version, byteOffset) => {
      const bytes = codec.seal("Some", version, some);
      const opening = { maxVersion: version, maxBytes: bytes.length };
      const opened = codec.open("Some", opening, misaligned(bytes, byteOffset));
      expect(opened).toStrictEqual({ version, value: some });
    }),
  );
});

test("the hash covers everything before it", () => {
  expect(documentHash(sealed)).toEqual(checksum.hash128(sealed.subarray(0, -16)));
  expect(documentHash(misaligned(sealed, 3))).toEqual(documentHash(sealed));
  expect(documentHash(codec.seal("Test", 2, value))).not.toEqual(documentHash(sealed));
  expect(documentHash(codec.seal("Tests".slice(1), 3, value))).not.toEqual(documentHash(sealed));
});

test("the document's worked example is real", () => {
  const file = new URL("../../../../docs/formats/document-v1.md", import.meta.url);
  const [, example = ""] = /```hex\n(.*?)```/s.exec(readFileSync(file, "utf8")) ?? [];
  const bytes = fromHex(example.replace(/\s/g, ""));
  const content = { ok: true, n: [1, -0] };
  expect(toHex(codec.seal("Test", 1, content))).toBe(toHex(bytes));
  expect(codec.open("Test", options, bytes)).toStrictEqual({ version: 1, value: content });
});

test("every flipped bit is found", () => {
  const codes = Array.from({ length: 8 * sealed.length }, (_, bit) => {
    const flipped = sealed.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return codeOf(flipped);
  });
  expect(codes.filter((code) => code === undefined)).toEqual([]);
  // A flipped version is damage, not a newer version.
  const hashed = [...codes.slice(8 * 8, 8 * 10), ...codes.slice(8 * 16)];
  expect(new Set(hashed)).toEqual(new Set(["damaged"]));
});

test("every cut and every byte too many is found", () => {
  for (let length = 0; length < sealed.length; length += 1) {
    expect(codeOf(sealed.subarray(0, length)), `length ${length}`).toBe("truncated");
  }
  expect(codeOf(Uint8Array.of(...sealed, 0))).toBe("damaged");
});

describe("other documents", () => {
  test.each<[string, string, Uint8Array]>([
    ["another kind", "not-a-frame", codec.seal("Other".slice(0, 4), 1, value)],
    ["a tile frame", "not-a-frame", new TextEncoder().encode("FTTF and more bytes than needed")],
    ["a newer version", "unsupported-version", codec.seal("Test", 4, value)],
    ["a newer envelope", "unsupported-version", reseal((view) => view.setUint16(10, 1, true))],
    ["version 0", "damaged", reseal((view) => view.setUint16(8, 0, true))],
    ["a longer payload", "truncated", reseal((view) => view.setUint32(12, 0xffff_ffff, true))],
    ["a shorter payload", "damaged", reseal((view) => view.setUint32(12, 3, true))],
    ["a payload that is not canonical", "not-canonical", reseal((view) => view.setUint8(17, 0xc0))],
  ])("%s: %s", (_name, code, bytes) => {
    expect(codeOf(bytes)).toBe(code);
  });

  test("a newer version says what it is and to upgrade", () => {
    const newer = codec.seal("Test", 9, value);
    const error = codecErrorOf(() => codec.open("Test", options, newer));
    expect(error?.message).toMatch(/upgrade .* kind=Test found=9 reads=3$/);
    expect(error?.details).toMatchObject({ kind: "Test", found: 9, reads: 3 });
  });

  test("a newer envelope is named even when its hash is elsewhere", () => {
    const bytes = sealed.slice();
    bytes[10] = 1;
    expect(codeOf(bytes)).toBe("unsupported-version");
  });

  test("the limit holds for the whole document", () => {
    expect(codeOf(sealed, { ...options, maxBytes: sealed.length })).toBeUndefined();
    expect(codeOf(sealed, { ...options, maxBytes: sealed.length - 1 })).toBe("too-large");
  });

  test("documentHash wants a whole envelope", () => {
    const short = sealed.subarray(0, 31);
    expect(codecErrorOf(() => documentHash(short))?.code).toBe("truncated");
    expect(codecErrorOf(() => documentHash(new Uint8Array(40)))?.code).toBe("not-a-frame");
  });
});

describe("arguments", () => {
  test.each(["", "Tes", "Tests", "Te t", "Tésts".slice(0, 4), "Te1t"])("kind %j", (kind) => {
    expect(codecErrorOf(() => codec.seal(kind, 1, null))?.code).toBe("invalid-argument");
    expect(codecErrorOf(() => codec.open(kind, options, sealed))?.code).toBe("invalid-argument");
  });

  test.each([0, -1, 65_536, 1.5, Number.NaN])("version %d", (version) => {
    const opening = { ...options, maxVersion: version };
    expect(codecErrorOf(() => codec.seal("Test", version, null))?.code).toBe("invalid-argument");
    expect(codeOf(sealed, opening)).toBe("invalid-argument");
  });
});

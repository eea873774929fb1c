import { describe, expect, test } from "vitest";
import {
  checkSegmentPolicy,
  MAX_TARGET_BYTES,
  storedBytesBound,
} from "../../src/segment/segment-policy.ts";
import { noise } from "./helpers/part-samples.ts";
import { segmentCodec } from "./helpers/segment-codecs.ts";
import { versionStoreErrorOf } from "./helpers/version-store-error-of.ts";

describe("a target", () => {
  test("fits a store whose blobs hold twice as much and what a segment adds", () => {
    const policy = { targetBytes: 100_000 };
    const least = storedBytesBound(policy);
    expect(least).toBe(200_000 + 65 * 32 + 384);
    expect(() => checkSegmentPolicy(policy, { maxBlobBytes: least })).not.toThrow();
    const error = versionStoreErrorOf(() =>
      checkSegmentPolicy(policy, { maxBlobBytes: least - 1 }),
    );
    expect(error).toMatchObject({
      code: "unsupported-capability",
      details: { targetBytes: 100_000, needed: least, maxBlobBytes: least - 1 },
    });
  });

  test.each([0, -1, 0.5, MAX_TARGET_BYTES + 1, Number.NaN, Number.POSITIVE_INFINITY])(
    "of %d bytes is none",
    (targetBytes) => {
      const run = (): void => checkSegmentPolicy({ targetBytes }, { maxBlobBytes: 2 ** 40 });
      expect(versionStoreErrorOf(run)).toMatchObject({ code: "invalid-argument" });
    },
  );

  test("may be as large as half of what is read at once", () => {
    const policy = { targetBytes: MAX_TARGET_BYTES };
    expect(MAX_TARGET_BYTES).toBe(2 ** 27);
    expect(() => checkSegmentPolicy(policy, { maxBlobBytes: 2 ** 30 })).not.toThrow();
  });
});

test("the bound holds for parts that cost the most: the longest chain, nothing compressed", () => {
  // An index and 32 columns of texts, each a byte over a multiple of 16.
  const bytes = noise(65_553);
  const parts = Array.from({ length: 65 }, () => ({ bytes, elementBytes: 1 }) as const);
  const raw = 65 * 65_553;
  const chain = [...Array.from({ length: 7 }, () => "shuffle"), "lz4"];
  const stored = segmentCodec(chain).encode(parts).bytes.length;
  expect(stored).toBeGreaterThan(raw);
  expect(stored).toBeLessThanOrEqual(storedBytesBound({ targetBytes: Math.ceil(raw / 2) }));
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  assetRange,
  isKeyspaceError,
  parsePredictionKey,
  type PredictionAddress,
  predictionKey,
  predictionRange,
} from "../src/index.ts";
import vectors from "./fixtures/prediction-keys.json" with { type: "json" };

const invalidArgument: unknown = expect.toSatisfy((error) =>
  isKeyspaceError(error, "invalid-argument"),
);
const malformed: unknown = expect.toSatisfy((error) => isKeyspaceError(error, "malformed"));

const assets = fc.string({ unit: "binary", minLength: 1, maxLength: 8 });
const tenDigitSeconds = fc.integer({ min: 1_000_000_000, max: 9_999_999_999 });
const addresses: fc.Arbitrary<PredictionAddress> = fc.record({
  asset: assets,
  startUnixSeconds: fc.oneof(tenDigitSeconds, fc.maxSafeNat()),
  minerId: fc.oneof(fc.integer({ min: 0, max: 2_000_000 }), fc.maxSafeNat()),
});

function inRange(key: string, range: { gte: string; lt: string }): boolean {
  return key >= range.gte && key < range.lt;
}

describe("predictionKey", () => {
  it.each(vectors.row_keys)("is $expected", ({ asset, start_unix, miner_id, expected }) => {
    const address = { asset, startUnixSeconds: start_unix, minerId: miner_id };
    expect(predictionKey(address)).toBe(expected);
    expect(parsePredictionKey(expected)).toEqual(address);
  });

  it("escapes an asset that would break the key", () => {
    const key = predictionKey({ asset: "A#1/é", startUnixSeconds: 0, minerId: 0 });
    expect(key).toBe("A!231.~~~C3~A9#0#000000");
    expect(parsePredictionKey(key).asset).toBe("A#1/é");
  });

  it("reads back, lies in its range, and in no other request's", () => {
    fc.assert(
      fc.property(addresses, addresses, (address, other) => {
        const key = predictionKey(address);
        expect(parsePredictionKey(key)).toEqual(address);
        expect(inRange(key, predictionRange(address))).toBe(true);
        const same =
          other.asset === address.asset && other.startUnixSeconds === address.startUnixSeconds;
        expect(inRange(key, predictionRange(other))).toBe(same);
        expect(inRange(key, assetRange(other.asset))).toBe(other.asset === address.asset);
      }),
      { numRuns: 1000 },
    );
  });

  it("orders by time, then by miner id up to six digits", () => {
    const minerIds = fc.integer({ min: 0, max: 999_999 });
    fc.assert(
      fc.property(
        tenDigitSeconds,
        fc.oneof(tenDigitSeconds, fc.constant(undefined)),
        minerIds,
        minerIds,
        (start, otherStart, minerId, otherMinerId) => {
          const a = { asset: "BTC", startUnixSeconds: start, minerId };
          const b = { asset: "BTC", startUnixSeconds: otherStart ?? start, minerId: otherMinerId };
          const before =
            a.startUnixSeconds < b.startUnixSeconds ||
            (a.startUnixSeconds === b.startUnixSeconds && a.minerId < b.minerId);
          expect(predictionKey(a) < predictionKey(b)).toBe(before);
        },
      ),
    );
  });

  it.each([
    { asset: "", startUnixSeconds: 1, minerId: 1 },
    { asset: "A\ud800", startUnixSeconds: 1, minerId: 1 },
    { asset: "A", startUnixSeconds: -1, minerId: 1 },
    { asset: "A", startUnixSeconds: 1.5, minerId: 1 },
    { asset: "A", startUnixSeconds: 1, minerId: -1 },
    { asset: "A", startUnixSeconds: 1, minerId: Number.NaN },
    { asset: "A", startUnixSeconds: 2 ** 53, minerId: 1 },
  ])("rejects %j", (address) => {
    expect(() => predictionKey(address)).toThrow(invalidArgument);
  });
});

describe("parsePredictionKey", () => {
  it.each([
    "",
    "BTC",
    "BTC#1",
    "BTC#1#",
    "#1#000001",
    "BTC#1#1",
    "BTC#01#000001",
    "BTC#1#0000001",
    "BTC#-1#000001",
    "BTC#1#000001#",
    "BTC#1#000001\n",
    "B C#1#000001",
    "B!41#1#000001",
    "BTC#9007199254740993#000001",
    "BTC#1#9007199254740993",
  ])("rejects %j", (key) => {
    expect(() => parsePredictionKey(key)).toThrow(malformed);
  });
});

describe("predictionRange", () => {
  it.each(vectors.row_range)("of $asset at $start_unix", (vector) => {
    expect(predictionRange({ asset: vector.asset, startUnixSeconds: vector.start_unix })).toEqual({
      gte: vector.start_inclusive,
      lt: vector.end_exclusive,
    });
  });
});

describe("assetRange", () => {
  it("has the ends that were asked for", () => {
    expect(assetRange("BTC")).toEqual({ gte: "BTC#", lt: "BTC#~" });
    expect(assetRange("BTC", { gteUnixSeconds: 1779710400 })).toEqual({
      gte: "BTC#1779710400#",
      lt: "BTC#~",
    });
    expect(assetRange("BTC", { ltUnixSeconds: 1779710400 })).toEqual({
      gte: "BTC#",
      lt: "BTC#1779710400#",
    });
  });

  it("holds exactly the start times between its bounds", () => {
    fc.assert(
      fc.property(tenDigitSeconds, tenDigitSeconds, tenDigitSeconds, fc.nat(), (a, b, t, id) => {
        for (const start of [t, a, b]) {
          const key = predictionKey({ asset: "BTC", startUnixSeconds: start, minerId: id });
          expect(inRange(key, assetRange("BTC", { gteUnixSeconds: a, ltUnixSeconds: b }))).toBe(
            start >= a && start < b,
          );
        }
      }),
    );
  });

  it.each([1, 999_999_999, 10_000_000_000, -1, 1_500_000_000.5])(
    "rejects the bound %d",
    (bound) => {
      expect(() => assetRange("BTC", { gteUnixSeconds: bound })).toThrow(invalidArgument);
      expect(() => assetRange("BTC", { ltUnixSeconds: bound })).toThrow(invalidArgument);
    },
  );

  it("rejects an empty asset", () => {
    expect(() => assetRange("")).toThrow(invalidArgument);
  });
});

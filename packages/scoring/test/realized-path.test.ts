import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type Candle, isScorable, isScoringError, nextMinute, realizedPath } from "../src/index.ts";
import { toNumber } from "./fixtures/numbers.ts";
import vectors from "./fixtures/realized.json" with { type: "json" };

const grid = { startUnixSeconds: 600, timeIncrementSeconds: 120, steps: 3 };
const candle = (unixSeconds: number, price: number): Candle => ({ unixSeconds, price });
const full = [600, 660, 720, 780, 840, 900].map((time) => candle(time, time / 10));
const invalidArgument: unknown = expect.toSatisfy((error) =>
  isScoringError(error, "invalid-argument"),
);

describe("realizedPath", () => {
  it.each(vectors.candles_to_grid)("$id", (vector) => {
    const path = realizedPath(
      vector.candles.map(([time, price]) => candle(time ?? Number.NaN, price ?? Number.NaN)),
      {
        startUnixSeconds: vector.start,
        timeIncrementSeconds: vector.increment,
        steps: Math.floor(vector.length / vector.increment) + 1,
      },
    );
    const expected = vector.expected.map(toNumber);
    expect(path).toEqual({
      status: "covered",
      path: Float64Array.from(expected),
      missingCount: expected.filter(Number.isNaN).length,
      replacedCount: 0,
    });
  });

  it("does not depend on the order of rows, nor on rows that are there twice", () => {
    const expected = realizedPath(full, grid);
    expect(expected).toEqual({
      status: "covered",
      path: Float64Array.of(60, 72, 84),
      missingCount: 0,
      replacedCount: 0,
    });
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...full, ...full], { minLength: 2 * full.length }),
        (candles) => {
          expect(realizedPath(candles, grid)).toEqual(expected);
        },
      ),
    );
  });

  it("takes the last of contradicting rows, and says so", () => {
    const rows = [...full, candle(720, 1), candle(720, 2), candle(660, 9), candle(600, 60)];
    expect(realizedPath(rows, grid)).toEqual({
      status: "covered",
      path: Float64Array.of(60, 2, 84),
      missingCount: 0,
      replacedCount: 2,
    });
  });

  it("ignores candles before the start and beside the grid", () => {
    const rows = [candle(480, 1), candle(601, 2), candle(841, 3), candle(840, 4)];
    expect(realizedPath(rows, grid)).toEqual({
      status: "covered",
      path: Float64Array.of(Number.NaN, Number.NaN, 4),
      missingCount: 2,
      replacedCount: 0,
    });
  });

  it.each([
    ["no candle at all", [], "not-settled"],
    ["no candle after the last point", full.slice(0, 5), "not-settled"],
    [
      "no candle at the last point",
      full.filter((c) => c.unixSeconds !== 840),
      "last-price-missing",
    ],
    ["only later candles", [candle(9000, 1)], "last-price-missing"],
  ])("%s", (_, candles, reason) => {
    expect(realizedPath(candles, grid)).toEqual({ status: "not-covered", reason });
  });

  it.each([
    candle(600.5, 1),
    candle(Number.NaN, 1),
    candle(600, 0),
    candle(600, Number.NaN),
    candle(600, Infinity),
  ])("rejects the candle %j", (bad) => {
    expect(() => realizedPath([...full, bad], grid)).toThrow(invalidArgument);
  });

  it.each([
    { ...grid, startUnixSeconds: 0.5 },
    { ...grid, timeIncrementSeconds: 0 },
    { ...grid, steps: 0 },
    { ...grid, steps: 2.5 },
  ])("rejects the grid %j", (bad) => {
    expect(() => realizedPath(full, bad)).toThrow(invalidArgument);
  });
});

describe("isScorable", () => {
  it.each(vectors.eligibility_by_scored_time)("at $scored_time: $expected", (vector) => {
    expect(
      isScorable({
        endUnixSeconds: vector.window_end_unix,
        scoredAtUnixSeconds: vector.scored_time,
        windowSeconds: vector.window_days * 86_400,
      }),
    ).toBe(vector.expected);
  });

  it.each(vectors.eligibility_by_wall_clock)("on the wall clock at $now: $expected", (vector) => {
    expect(nextMinute(vector.now)).toBe(vector.scored_time);
    expect(
      isScorable({
        endUnixSeconds: vector.window_end_unix,
        scoredAtUnixSeconds: nextMinute(vector.now),
        windowSeconds: 10 * 86_400,
      }),
    ).toBe(vector.expected);
  });

  it("is true from 91 seconds after the end to the end of the window", () => {
    const due = [90, 91, 3690, 3691].map((wait) =>
      isScorable({ endUnixSeconds: 1000, scoredAtUnixSeconds: 1000 + wait, windowSeconds: 3600 }),
    );
    expect(due).toEqual([false, true, true, false]);
  });

  it("rounds up from 59 and 60 seconds after the end", () => {
    expect([59, 60].map((wait) => nextMinute(6000 + wait))).toEqual([6060, 6120]);
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isKeyspaceError, startTimeToUnixSeconds, unixSecondsToIso } from "../src/index.ts";
import vectors from "./fixtures/prediction-keys.json" with { type: "json" };

describe("startTimeToUnixSeconds", () => {
  it.each(vectors.start_time_to_unix)("of $in is $expected", ({ in: text, expected }) => {
    expect(startTimeToUnixSeconds(text)).toBe(expected);
  });

  it.each([
    ["2026-05-25T12:00:00Z", 1779710400],
    ["2026-05-25 12:00:00+00:00", 1779710400],
    ["2026-05-25T12:00:00.999999Z", 1779710400],
    ["2026-05-25T12:00", 1779710400],
    ["2026-05-25T06:30:00-05:30", 1779710400],
    ["2026-05-26T02:00:00+14:00", 1779710400],
    ["1970-01-01T00:00:00Z", 0],
    ["1970-01-01T02:00:00+02:00", 0],
    ["1969-12-31T22:00:00-02:00", 0],
    ["2000-02-29T23:59:59Z", 951868799],
    ["9999-12-31T23:59:59Z", 253402300799],
  ])("of %s is %d", (text, expected) => {
    expect(startTimeToUnixSeconds(text)).toBe(expected);
  });

  it.each([
    "",
    "2026-05-25",
    "2026-5-25T12:00:00",
    "2026-05-25T12",
    "2026-05-25t12:00:00",
    "2026-05-25T12:00:00z",
    "2026-05-25T12:00:00 Z",
    "2026-05-25T12:00:00.",
    "2026-05-25T12:00:00,5",
    "2026-05-25T12:00.5",
    "2026-05-25T12:00:00+0000",
    "2026-05-25T12:00:00+24:00",
    "2026-05-25T12:00:00+00:60",
    "2026-05-25T24:00:00",
    "2026-05-25T12:60:00",
    "2026-05-25T12:00:60",
    "2026-00-25T12:00:00",
    "2026-13-25T12:00:00",
    "2026-05-00T12:00:00",
    "2026-04-31T12:00:00",
    "2026-02-29T12:00:00",
    "2100-02-29T12:00:00",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "2026-05-25T12:00:00Z\n",
    "２０２６-05-25T12:00:00",
    "1779710400",
  ])("rejects %j", (text) => {
    expect(() => startTimeToUnixSeconds(text)).toThrow(
      expect.toSatisfy((error) => isKeyspaceError(error, "malformed")),
    );
  });
});

describe("unixSecondsToIso", () => {
  it("writes whole seconds in UTC", () => {
    expect(unixSecondsToIso(1512475200)).toBe("2017-12-05T12:00:00Z");
    expect(unixSecondsToIso(0)).toBe("1970-01-01T00:00:00Z");
  });

  it("agrees with the platform's calendar, and reads back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
        const text = unixSecondsToIso(seconds);
        expect(text).toBe(new Date(seconds * 1000).toISOString().replace(".000Z", "Z"));
        expect(startTimeToUnixSeconds(text)).toBe(seconds);
      }),
      { numRuns: 2000 },
    );
  });

  it("agrees with it on every day of eight centuries", () => {
    const wrong: number[] = [];
    for (let day = 0; day < 800 * 366; day += 1) {
      const text = unixSecondsToIso(day * 86_400);
      if (text !== `${new Date(day * 86_400_000).toISOString().slice(0, 19)}Z`) wrong.push(day);
    }
    expect(wrong).toEqual([]);
  });

  it.each([-1, 0.5, Number.NaN, 253_402_300_800])("rejects %d", (seconds) => {
    expect(() => unixSecondsToIso(seconds)).toThrow(
      expect.toSatisfy((error) => isKeyspaceError(error, "invalid-argument")),
    );
  });
});

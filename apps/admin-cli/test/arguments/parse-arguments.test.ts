import { expect, test } from "vitest";

import { parseStepRange } from "../../src/arguments/parse-step-range.ts";
import { parseTime } from "../../src/arguments/parse-time.ts";
import { wholeFrom } from "../../src/arguments/parse-whole.ts";

test.each([
  ["0:32", { from: 0, to: 32 }],
  ["288:", { from: 288, to: undefined }],
  [":1", { from: undefined, to: 1 }],
  [":", { from: undefined, to: undefined }],
])("the steps %s", (text, steps) => {
  expect(parseStepRange(text)).toStrictEqual(steps);
});

test.each(["", "5", "-1:2", "1:2:3", "a:b", "1.5:2", "1234567890:"])("%j is no range", (text) => {
  expect(() => parseStepRange(text)).toThrow("Expected FROM:TO");
});

test.each([
  ["1512475200", 1_512_475_200],
  ["2017-12-05T12:00:00Z", 1_512_475_200],
  ["2017-12-05T13:00:00+01:00", 1_512_475_200],
])("the time %s", (text, seconds) => {
  expect(parseTime(text)).toBe(seconds);
});

test.each(["", "yesterday", "2017-13-01", "-5"])("%j is no time", (text) => {
  expect(() => parseTime(text)).toThrow("Expected a time");
});

test.each(["", "0", "-1", "1.5", "1e3", "9007199254740993"])(
  "%j is no whole number from 1",
  (text) => {
    expect(() => wholeFrom(1)(text)).toThrow("Expected a whole number from 1 on");
  },
);

test("whole numbers begin where they are told to", () => {
  expect(wholeFrom(0)("0")).toBe(0);
  expect(wholeFrom(1)("007")).toBe(7);
});

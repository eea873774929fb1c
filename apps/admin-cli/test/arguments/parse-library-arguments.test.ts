import { assert as check, bigInt, integer, maxSafeInteger, property } from "fast-check";
import { expect, test } from "vitest";

import { parseAsOf } from "../../src/arguments/parse-as-of.ts";
import { parseBytes } from "../../src/arguments/parse-bytes.ts";
import { parseDuration } from "../../src/arguments/parse-duration.ts";
import { parseMetadata } from "../../src/arguments/parse-metadata.ts";
import { parseMoment } from "../../src/arguments/parse-moment.ts";
import { parsePattern } from "../../src/arguments/parse-pattern.ts";
import { formatSpan } from "../../src/output/format-span.ts";

test.each([
  ["0s", 0],
  ["500ms", 500],
  ["90s", 90_000],
  ["15m", 900_000],
  ["25h", 90_000_000],
  ["7d", 604_800_000],
  ["2w", 1_209_600_000],
  ["1d12h", 129_600_000],
])("the duration %s", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(["", "5", "h", "-1h", "1.5h", "1 h", "1h x", "1y", "1H", "999999999999999w"])(
  "%j is no duration",
  (text) => {
    expect(() => parseDuration(text)).toThrow("Expected a duration");
  },
);

test("a span is printed as an option reads it", () => {
  const spans = integer({ min: 0, max: 400 * 86_400_000 });
  check(
    property(spans, (ms) => {
      expect(parseDuration(formatSpan(ms))).toBe(ms);
    }),
  );
  expect([0, 1500, 90_000, 90_000_000, 604_800_000].map(formatSpan)).toStrictEqual([
    "0s",
    "1500ms",
    "90s",
    "25h",
    "7d",
  ]);
});

test.each([
  ["1", 1],
  ["500000000", 5e8],
  ["500MB", 5e8],
  ["1.5 TB", 1.5e12],
  ["12 B", 12],
  ["3kB", 3000],
  ["2GB", 2e9],
])("%s bytes", (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

test.each(["", "0", "-1", "1.5", "1KB", "1MiB", "MB", "1e3", "9007199254740993"])(
  "%j is no number of bytes",
  (text) => {
    expect(() => parseBytes(text)).toThrow("Expected bytes");
  },
);

test.each([
  ["2017-12-05T12:00:00Z", 1_512_475_200_000],
  ["2017-12-05T12:00:00.25Z", 1_512_475_200_250],
  ["2017-12-05T13:00:00.1239+01:00", 1_512_475_200_123],
  ["2017-12-05 12:00", 1_512_475_200_000],
  ["2017-12-05", 1_512_432_000_000],
])("the moment %s", (text, ms) => {
  expect(parseMoment(text)).toBe(ms);
});

test.each(["", "1512475200", "2017-13-01", "2017-12-05T25:00", "12:00", "yesterday"])(
  "%j is no moment",
  (text) => {
    expect(() => parseMoment(text)).toThrow("Expected a time");
  },
);

test.each([
  ["7", 7],
  ["-1", -1],
  ["2017-12-05T12:00:00.5Z", { timestamp: 1_512_475_200_500 }],
  ["snapshot:2017-12-05", { snapshot: "2017-12-05" }],
  ["snapshot:commit:x", { snapshot: "commit:x" }],
  ["commit:01m88g", { commitId: "01m88g" }],
])("as of %s", (text, asOf) => {
  expect(parseAsOf(text)).toStrictEqual(asOf);
});

test.each(["", "0", "-0", "1.5", "latest", "9007199254740993", "--1", "2017-12-99"])(
  "%j is no version",
  (text) => {
    expect(() => parseAsOf(text)).toThrow("Expected");
  },
);

test("whole numbers other than 0 are versions", () => {
  const numbers = maxSafeInteger().filter((number) => number !== 0);
  check(
    property(numbers, (number) => {
      expect(parseAsOf(number.toString())).toBe(number);
    }),
  );
});

test("larger ones are none", () => {
  const numbers = bigInt({ min: 2n ** 53n });
  check(
    property(numbers, (number) => {
      expect(() => parseAsOf(number.toString())).toThrow("Expected");
    }),
  );
});

test("a pattern is one of whole characters", () => {
  expect(parsePattern("^.$").test("😀")).toBe(true);
  expect(() => parsePattern("(")).toThrow("Unterminated group");
});

test("metadata is JSON", () => {
  expect(parseMetadata('{"a":[1,null]}')).toStrictEqual({ a: [1, null] });
  expect(() => parseMetadata("{a:1}")).toThrow("Expected JSON");
});

import { expect, test } from "vitest";

import { formatBytes, formatCount, formatDuration, formatUtc } from "../../src/index.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.00 kB"],
  [9994, "9.99 kB"],
  [9995, "10.0 kB"],
  [99_950, "100 kB"],
  [999_499, "999 kB"],
  [999_500, "1.00 MB"],
  [1_156_000, "1.16 MB"],
  [289_000_000, "289 MB"],
  [5e18, "5000 PB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, "0"],
  [1250, "1,250"],
  [1234567.4, "1,234,567"],
])("the count %d is %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [840.4, "840 ms"],
  [999.6, "1.0 s"],
  [12_340, "12.3 s"],
  [59_949, "59.9 s"],
  [59_950, "1 min 00 s"],
  [245_000, "4 min 05 s"],
])("%d ms are %s", (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});

test("a moment is UTC to the second, or seconds where no calendar goes", () => {
  expect(formatUtc(1_512_475_200)).toBe("2017-12-05T12:00:00Z");
  expect(formatUtc(1e15)).toBe("1000000000000000 s");
});

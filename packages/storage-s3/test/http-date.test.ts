import * as fc from "fast-check";
import { expect, test } from "vitest";
import { httpDateMs } from "../src/http-date.ts";

test("dates of HTTP are read as they were written", () => {
  const seconds = fc.integer({ min: 0, max: Date.parse("2199-12-31T23:59:59Z") / 1_000 });
  fc.assert(
    fc.property(seconds, (time) => {
      expect(httpDateMs(new Date(time * 1_000).toUTCString())).toBe(time * 1_000);
    }),
    { numRuns: 2_000 },
  );
  expect(httpDateMs("Tue, 29 Feb 2028 00:00:00 GMT")).toBe(Date.parse("2028-02-29T00:00:00Z"));
});

test("other text has no time", () => {
  for (const text of ["", "2028-02-29", "Tue, 29 Foo 2028 00:00:00 GMT"]) {
    expect(httpDateMs(text)).toBeUndefined();
  }
});

import { describe, expect, test } from "vitest";
import { describeAsOf, parseAsOf, type AsOf } from "../../src/version/as-of.ts";

describe("as-of", () => {
  test.each<[AsOf | undefined, ReturnType<typeof parseAsOf>]>([
    [undefined, { kind: "latest" }],
    [1, { kind: "version", version: 1 }],
    [70_000, { kind: "version", version: 70_000 }],
    [-1, { kind: "nth-newest", n: 1 }],
    [-2, { kind: "nth-newest", n: 2 }],
    ["monday", { kind: "snapshot", snapshot: "monday" }],
    ["7", { kind: "snapshot", snapshot: "7" }],
    [{ snapshot: "monday" }, { kind: "snapshot", snapshot: "monday" }],
    [new Date(5), { kind: "time", timeMs: 5 }],
    [{ timestamp: 5.5 }, { kind: "time", timeMs: 5.5 }],
    [{ timestamp: new Date(-5) }, { kind: "time", timeMs: -5 }],
    [{ commitId: "c" }, { kind: "commit", commitId: "c" }],
  ])("%o is one thing only", (asOf, resolved) => {
    expect(parseAsOf(asOf)).toEqual(resolved);
  });

  test.each([
    0,
    -0,
    0.5,
    NaN,
    Infinity,
    2 ** 53,
    new Date(NaN),
    { timestamp: NaN },
    { timestamp: Infinity },
    { timestamp: new Date("no date") },
    {},
    { version: 1 },
    null,
    true,
    5n,
  ])("%o is refused", (asOf) => {
    expect(() => parseAsOf(asOf as AsOf)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }) as Error,
    );
  });

  test.each<[AsOf | undefined, string]>([
    [undefined, "as_of=latest"],
    [3, "version=3"],
    [-3, "version=-3"],
    [{ timestamp: 5 }, "time_ms=5"],
    ['a "b"', 'snapshot="a \\"b\\""'],
    [{ commitId: "c" }, "commit=c"],
  ])("%o is told in messages", (asOf, words) => {
    expect(describeAsOf(parseAsOf(asOf))).toBe(words);
  });
});

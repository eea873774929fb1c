import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  boundsMeet,
  plainNumber,
  resolveBounds,
  type ClosedEnds,
  type IndexBound,
} from "../../src/value/index-bounds.ts";
import { factsOf, runsWithin } from "../../src/value/index-rows.ts";
import type { NumericArray } from "../../src/value/element-type.ts";

const index = { name: "time" };
const closedEnds: readonly ClosedEnds[] = ["both", "left", "right", "none"];

describe("bounds of an index range", () => {
  test("are dates in the index's unit", () => {
    const from = new Date(1_700_000_000_001);
    const bound = (unit: "s" | "ms" | "us" | "ns") =>
      resolveBounds({ name: "t", unit }, { from }).from;
    expect(bound("s")).toBe(1_700_000_000.001);
    expect(bound("ms")).toBe(1_700_000_000_001);
    expect(bound("us")).toBe(1_700_000_000_001_000);
    expect(bound("ns")).toBe(1_700_000_000_001_000_000n);
  });

  test("are numbers as they are, and open when absent", () => {
    expect(resolveBounds(index, {})).toEqual({ from: undefined, to: undefined, closed: "both" });
    expect(resolveBounds(index, { from: 1n, to: 1.5, closed: "none" })).toEqual({
      from: 1n,
      to: 1.5,
      closed: "none",
    });
    expect(resolveBounds(index, { from: 1, to: 1n }).to).toBe(1n);
  });

  test.each<[IndexBound, IndexBound]>([
    [2, 1],
    [2n, 1.5],
    [1.5, 1n],
    [Number.POSITIVE_INFINITY, 2n ** 63n],
  ])("must not be reversed: from %s to %s", (from, to) => {
    expect(() => resolveBounds(index, { from, to })).toThrow(
      expect.objectContaining({ code: "invalid-range" }),
    );
  });

  test.each<[string, unknown]>([
    ["a date without a unit", { from: new Date(0) }],
    ["NaN", { to: Number.NaN }],
    ["text", { from: "1" }],
    ["null", { from: null }],
    ["unknown ends", { closed: "neither" }],
  ])("are refused: %s", (_, range) => {
    expect(() => resolveBounds(index, range as object)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });

  test("are refused when the date is none", () => {
    expect(() => resolveBounds({ name: "t", unit: "s" }, { from: new Date(Number.NaN) })).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});

/** Bounds and values close together, so that they often meet, some of them not integers or not safe. */
const half = fc.integer({ min: -6, max: 6 }).map((value) => value / 2);
const whole = fc.integer({ min: -3, max: 3 });
const bound = fc.option(
  fc.oneof(
    half,
    whole.map(BigInt),
    fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2n ** 53n + 1n),
  ),
  { nil: undefined },
);
const anyIndex: fc.Arbitrary<NumericArray> = fc.oneof(
  fc.array(fc.oneof(half, fc.constant(2 ** 53))).map((list) => Float64Array.from(list)),
  fc.array(whole).map((list) => Int16Array.from(list)),
  fc
    .array(fc.oneof(whole.map(BigInt), fc.constantFrom(2n ** 53n, 2n ** 53n + 1n)))
    .map((list) => BigInt64Array.from(list)),
);

describe("rows of an index", () => {
  const boundedRows = fc.record({
    values: anyIndex,
    from: bound,
    to: bound,
    closed: fc.constantFrom(...closedEnds),
  });

  test("are within bounds exactly when their numbers are", () => {
    fc.assert(
      fc.property(boundedRows, ({ values, from, to, closed }) => {
        const runs = runsWithin(values, { from, to, closed });
        const isWithin = (value: number | bigint): boolean => {
          const left = closed === "both" || closed === "left";
          const right = closed === "both" || closed === "right";
          const after = from === undefined || (left ? value >= from : value > from);
          return after && (to === undefined || (right ? value <= to : value < to));
        };
        const rows = runs.flatMap((run) =>
          Array.from({ length: run.to - run.from }, (_, at) => run.from + at),
        );
        const expected = [...values.entries()].filter(([, value]) => isWithin(value));
        expect(rows).toEqual(expected.map(([row]) => row));
        // Maximal: no run is empty or touches the next.
        for (const [at, run] of runs.entries()) {
          expect(run.to).toBeGreaterThan(run.from);
          expect(run.from).toBeGreaterThan(runs[at - 1]?.to ?? -1);
        }
        const facts = factsOf(values, { from: 0, to: values.length });
        const mayMeet = facts !== undefined && boundsMeet({ from, to, closed }, facts);
        expect(mayMeet || rows.length === 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("have first, last, least and greatest", () => {
    const range = anyIndex.chain((values) =>
      fc.tuple(
        fc.constant(values),
        fc.integer({ min: 0, max: values.length }),
        fc.integer({ min: 0, max: values.length }),
      ),
    );
    fc.assert(
      fc.property(range, ([values, a, b]) => {
        const rows = { from: Math.min(a, b), to: Math.max(a, b) };
        const list = [...values].slice(rows.from, rows.to).map(plainNumber);
        const sorted = list.toSorted((left, right) => (left < right ? -1 : Number(left > right)));
        expect(factsOf(values, rows)).toEqual(
          list.length === 0
            ? undefined
            : {
                first: list[0],
                last: list.at(-1),
                min: sorted[0],
                max: sorted.at(-1),
                sorted: list.every((value, at) => value === sorted[at]),
              },
        );
      }),
    );
  });

  test("are numbers in documents where that is safe", () => {
    const values = BigInt64Array.of(2n ** 53n - 1n, 2n ** 53n);
    expect(factsOf(values, { from: 0, to: 2 })).toMatchObject({
      first: 2 ** 53 - 1,
      last: 2n ** 53n,
    });
  });

  test.each([[[Number.NaN]], [[1, Number.NaN]], [[1, Number.NaN, 2]]])(
    "have no order with NaN: %j",
    (list) => {
      expect(() => factsOf(Float64Array.from(list), { from: 0, to: list.length })).toThrow(
        expect.objectContaining({ code: "invalid-argument" }),
      );
    },
  );
});

describe("boundsMeet", () => {
  const facts = { min: 2, max: 4 };

  test.each<[IndexBound | undefined, IndexBound | undefined, string]>([
    [undefined, undefined, "both left right none"],
    [4, undefined, "both left"],
    [undefined, 2, "both right"],
    [3, 3, "both left right none"],
    [5, undefined, ""],
    [undefined, 1, ""],
    [4n, 9n, "both left"],
    [0, 2n, "both right"],
  ])("from %s to %s when closed is one of: %3$s", (from, to, meeting) => {
    const found = closedEnds.filter((closed) =>
      boundsMeet({ ...resolveBounds(index, { from, to }), closed }, facts),
    );
    expect(found.join(" ")).toBe(meeting);
  });
});

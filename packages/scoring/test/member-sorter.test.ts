import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { MemberSorter } from "../src/member-sorter.ts";

function sort(sorter: MemberSorter, values: readonly number[]): number[] {
  sorter.members.set(values);
  const present = sorter.sort();
  expect(Array.from(sorter.members)).toEqual(values);
  const sorted = Array.from(sorter.sorted);
  expect(sorted.slice(present).every(Number.isNaN)).toBe(true);
  expect(sorted.slice(0, present).some(Number.isNaN)).toBe(false);
  return sorted;
}

// Array.sort with a comparator that cannot tell 0 from -0, as no score can.
function expected(values: readonly number[]): number[] {
  return values.toSorted(
    (a, b) => Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || (a < b ? -1 : Number(a > b)),
  );
}

const positiveZero = (values: readonly number[]): number[] => values.map((x) => (x === 0 ? 0 : x));

describe("MemberSorter", () => {
  it("sorts anything, NaN last", () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 1, maxLength: 200 }), (values) => {
        const sorted = sort(new MemberSorter(values.length), values);
        expect(positiveZero(sorted)).toEqual(positiveZero(expected(values)));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["one member", [3]],
    ["equal members", Array.from({ length: 100 }, () => 0.1)],
    ["descending members", Array.from({ length: 1000 }, (_, i) => -i)],
    ["one outlier", [1e90, ...Array.from({ length: 999 }, (_, i) => Math.sin(i))]],
    ["an overflowing range", [1.7e308, -1.7e308, ...Array.from({ length: 98 }, (_, i) => i)]],
    ["neighbouring denormals", Array.from({ length: 100 }, (_, i) => (i % 7) * 5e-324)],
    ["only NaN", [Number.NaN, Number.NaN]],
    ["infinities and NaN", [Infinity, 1, Number.NaN, -Infinity, 0]],
  ])("sorts %s", (_, values) => {
    expect(sort(new MemberSorter(values.length), values)).toEqual(expected(values));
  });

  it("can be used again after any ensemble", () => {
    const sorter = new MemberSorter(3);
    expect(sort(sorter, [Number.NaN, 2, 1])).toEqual([1, 2, Number.NaN]);
    expect(sort(sorter, [3, 2, 1])).toEqual([1, 2, 3]);
    expect(sort(sorter, [1e300, -1e300, 0])).toEqual([-1e300, 0, 1e300]);
    expect(sort(sorter, [7, 7, 6])).toEqual([6, 7, 7]);
  });
});

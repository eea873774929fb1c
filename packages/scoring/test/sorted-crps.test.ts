import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { crpsWeights } from "../src/crps-weights.ts";
import { crps } from "../src/index.ts";
import { MemberSorter } from "../src/member-sorter.ts";
import { sortedCrps } from "../src/sorted-crps.ts";

/** What score-tile does with one ensemble. */
function fastCrps(members: readonly number[], observation: number): number {
  const sorter = new MemberSorter(members.length);
  sorter.members.set(members);
  const present = sorter.sort();
  if (present === 0) return Number.NaN;
  return sortedCrps(sorter.sorted, crpsWeights(present, "plain"), observation);
}

const anyDouble = fc.double();
const fewValues = fc.constantFrom(0, -0, 1, 1 + Number.EPSILON, -1, 1e308, -1e308, 5e-324);
const hostile = fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e90, -1e90);
// Spread like a forecast's members: a centre, a width, and values that fill it.
const forecastLike = fc
  .tuple(
    fc.double({ min: -1e4, max: 1e4, noNaN: true }),
    fc.constantFrom(1e-12, 1e-3, 1, 100),
    fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 300 }),
  )
  .map(([centre, width, values]) => values.map((z) => centre + width * z ** 3));
const ensembles = fc.oneof(
  forecastLike,
  fc.array(anyDouble, { minLength: 1, maxLength: 100 }),
  fc.array(fewValues, { minLength: 1, maxLength: 200 }),
  fc
    .tuple(forecastLike, fc.array(hostile, { minLength: 1, maxLength: 3 }))
    .map(([members, bad]) => [...members, ...bad]),
);

describe("sortedCrps after MemberSorter", () => {
  it("is the plain score bit for bit, for any members and any observation", () => {
    fc.assert(
      fc.property(ensembles, fc.nat(), fc.double({ noNaN: true }), (members, pick, free) => {
        const tie = members[pick % members.length] ?? 0;
        for (const observation of [free, Number.isNaN(tie) ? 0 : tie]) {
          expect(fastCrps(members, observation)).toBe(crps(members, observation));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("is the plain score for 1000 members of a normal distribution", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        let state = seed >>> 0;
        const uniform = (): number => {
          state = (Math.imul(1664525, state) + 1013904223) >>> 0;
          return (state + 0.5) / 2 ** 32;
        };
        const members = Array.from(
          { length: 1000 },
          () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
        );
        const observation = uniform();
        expect(fastCrps(members, observation)).toBe(crps(members, observation));
      }),
    );
  });
});

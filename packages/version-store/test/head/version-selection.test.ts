import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  selectVersions,
  selectVersionsBefore,
  type VersionSelection,
} from "../../src/head/version-selection.ts";

const versions = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 12 });

/** Checks every run of numbers: none that holds a selected one may be passed over. */
function expectTouched(
  selection: VersionSelection,
  isSelected: (version: number) => boolean,
): void {
  for (let first = 1; first <= 31; first += 1) {
    expect(selection.has(first)).toBe(isSelected(first));
    let holds = false;
    for (let last = first; last <= 31; last += 1) {
      holds ||= isSelected(last);
      expect(selection.touches(first, last) || !holds).toBe(true);
    }
  }
}

describe("a selection of versions", () => {
  test("has those that were named, and touches the runs that hold one", () => {
    fc.assert(
      fc.property(versions, (named) => {
        const selection = selectVersions(named);
        expectTouched(selection, (version) => named.includes(version));
        for (let first = 1; first <= 31; first += 1) {
          const holds = named.some((version) => first <= version && version <= first + 3);
          expect(selection.touches(first, first + 3)).toBe(holds);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("has those before a version except some, and touches the runs that begin before it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 31 }), versions, (before, except) => {
        const selection = selectVersionsBefore(before, new Set(except));
        expectTouched(selection, (version) => version < before && !except.includes(version));
        expect(selection.touches(before, before + 5)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { applyMutations, filterCells, liveCells } from "../../src/adapter/index.ts";
import type { Cell, CellMutation } from "../../src/index.ts";

const families = new Map([
  ["f", {}],
  ["g", {}],
]);
const family = fc.constantFrom("f", "g");
const qualifier = fc.constantFrom("", "p", "q");
const timestampMicros = fc.integer({ min: 0, max: 4 }).map((ms) => ms * 1_000);
const value = fc.uint8Array({ maxLength: 1 });
const mutation: fc.Arbitrary<CellMutation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("set-cell" as const),
      family,
      qualifier,
      timestampMicros,
      value,
    }),
  },
  fc.record({
    type: fc.constant("delete-column" as const),
    family,
    qualifier,
    timestampsMicros: fc.option(
      fc.record({ gte: timestampMicros, lt: timestampMicros }, { requiredKeys: [] }),
      { nil: undefined },
    ),
  }),
  fc.record({ type: fc.constant("delete-family" as const), family }),
  fc.constant({ type: "delete-row" as const }),
);

function rank(cell: Cell): string {
  return [cell.family, cell.qualifier, String(9_999_999 - cell.timestampMicros)].join(" ");
}

/** The slow way: a map from name to value, sorted at the end. */
function model(mutations: readonly CellMutation[]): readonly Cell[] {
  const cells = new Map<string, Cell>();
  for (const change of mutations) {
    if (change.type === "set-cell") {
      const { type: _, ...cell } = change;
      cells.set([cell.family, cell.qualifier, cell.timestampMicros].join(":"), cell);
      continue;
    }
    for (const [name, cell] of cells) {
      const times = change.type === "delete-column" ? change.timestampsMicros : undefined;
      const hit =
        change.type === "delete-row" ||
        (change.family === cell.family &&
          (change.type === "delete-family" || change.qualifier === cell.qualifier) &&
          cell.timestampMicros >= (times?.gte ?? 0) &&
          cell.timestampMicros < (times?.lt ?? Infinity));
      if (hit) cells.delete(name);
    }
  }
  return [...cells.values()].sort((left, right) => (rank(left) < rank(right) ? -1 : 1));
}

test("property: mutations give the cells that a plain map gives, in order", () => {
  fc.assert(
    fc.property(fc.array(mutation, { maxLength: 30 }), (mutations) => {
      expect(applyMutations([], mutations, families)).toEqual(model(mutations));
    }),
    { numRuns: 500 },
  );
});

test("the given cells are not changed", () => {
  const set = {
    type: "set-cell",
    family: "f",
    qualifier: "q",
    timestampMicros: 0,
    value: new Uint8Array(1),
  } as const;
  const before = applyMutations([], [set], families);
  const kept = [...before];
  applyMutations(before, [{ ...set, timestampMicros: 1_000 }, { type: "delete-row" }], families);
  expect(before).toEqual(kept);
});

test("a cell lives until it is older than its rule allows, to the millisecond", () => {
  const cell: Cell = {
    family: "f",
    qualifier: "q",
    timestampMicros: 5_000,
    value: new Uint8Array(),
  };
  const rules = new Map([["f", { maxAgeMs: 10 }]]);
  expect(liveCells([cell], rules, 15)).toEqual([cell]);
  expect(liveCells([cell], rules, 16)).toEqual([]);
  expect(liveCells([cell], rules, 0)).toEqual([cell]);
});

test("without filter every cell passes", () => {
  const cell: Cell = { family: "f", qualifier: "q", timestampMicros: 0, value: new Uint8Array() };
  expect(filterCells([cell])).toEqual([cell]);
});

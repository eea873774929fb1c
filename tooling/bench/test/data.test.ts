import { describe, expect, test } from "vitest";
import { upwardCrossings } from "../src/crossings.mjs";
import { makeTile, predictionText } from "../src/data/make-tile.mjs";
import { brownianMoves, realMoves } from "../src/data/price-moves.mjs";
import { OutputCheck } from "../src/output-check.mjs";
import { panelBytes, panelsOf, takePanels } from "../src/panels.mjs";
import { transpose } from "../src/transpose.mjs";

const shape = { simulations: 7, steps: 70 };
const moves = brownianMoves({ start: 104_856.23, yearlyVolatility: 0.6, incrementSeconds: 300 });

describe("a tile", () => {
  test("is the same for the same seed, and another for another", () => {
    const options = { start: moves.start, factors: moves.factors, shape };
    const tile = makeTile({ ...options, seed: 5 });
    expect(makeTile({ ...options, seed: 5 })).toEqual(tile);
    expect(makeTile({ ...options, seed: 6 })).not.toEqual(tile);
  });

  test("holds what its text says, in at most eight digits", () => {
    const exact = new Float64Array(shape.simulations * shape.steps);
    const tile = makeTile({ seed: 1, start: 0.24, factors: moves.factors, shape, exact });
    const text = predictionText(exact, { startUnixSeconds: 1, incrementSeconds: 300, shape });
    const [start, increment, ...paths] = JSON.parse(text) as [number, number, ...number[][]];
    expect([start, increment, paths.length]).toEqual([1, 300, shape.simulations]);
    const digits = paths.flat().map((price) => String(price).replace(".", "").length);
    expect(Math.max(...digits)).toBe(8);
    const rows = transpose(Float32Array.from(paths.flat()), 7, 70, new Float32Array(490));
    expect(rows).toEqual(tile);
  });

  test("with decimals has no more of them", () => {
    const { factors } = moves;
    const exact = new Float64Array(shape.simulations * shape.steps);
    makeTile({ seed: 1, start: 3512.47, factors, shape, decimals: 2, exact });
    expect(exact.every((price) => Math.round(price * 100) / 100 === price)).toBe(true);
  });
});

test("moves of real prices are those of the file, and a minute without a row has the price before", () => {
  const text = "timestamp,price\n600,100\n660,101\n780,102\n840,103\n900,110\n";
  const real = realMoves(text, {
    incrementSeconds: 120,
    requestEverySeconds: 60,
    origin: "prices.csv",
  });
  expect(real.start).toBe(100);
  expect([...real.factors]).toEqual([101 / 100, 103 / 101]);
  expect([...real.realized(1, 3)]).toEqual([101, 102, 110]);
});

test("the level is crossed where a path comes from below", () => {
  const paths = [
    [1, 2, 3],
    [3, 1, 3],
    [1, 1, 1],
    [2, 2, 2],
  ];
  const values = transpose(Float32Array.from(paths.flat()), 4, 3, new Float32Array(12));
  expect([...upwardCrossings(values, { simulations: 4, steps: 3 }, 2)]).toEqual([0, 1, 1, 2]);
});

test("panels put together are the steps they were cut from", () => {
  const tile = makeTile({ seed: 2, start: 9, factors: moves.factors, shape });
  const range = { from: 30, to: 66 };
  const out = new Float32Array((range.to - range.from) * shape.simulations);
  takePanels(out, shape, range, (panel) => panelBytes(tile, shape, panel));
  expect(out).toEqual(tile.subarray(30 * 7, 66 * 7));
  expect(panelsOf(shape, range)).toEqual([0, 1, 2]);
});

describe("the check of what came out", () => {
  test("does not mind the order of parts", () => {
    const [one, two] = [["1", [1, 2]] as [string, number[]], ["2", [3]] as [string, number[]]];
    expect(digest([one, two])).toBe(digest([two, one]));
  });

  test.each([
    ["another value", [["1", [1, 2.5]]]],
    ["another name", [["2", [1, 2]]]],
    ["a part too few", []],
    ["minus zero", [["1", [1, -0]]]],
  ] as [string, [string, number[]][]][])("tells %s", (_name, parts) => {
    expect(digest(parts)).not.toBe(digest([["1", [1, 2]]]));
    expect(digest(parts)).not.toBe(digest([["1", [1, 0]]]));
  });

  test("refuses a part that comes twice", () => {
    const check = new OutputCheck();
    check.add("1", new Float32Array(1));
    expect(() => check.add("1", new Float32Array(1))).toThrow("twice");
  });
});

function digest(parts: readonly [string, number[]][]): string {
  const check = new OutputCheck();
  for (const [name, values] of parts) check.add(name, Float32Array.from(values));
  return check.digest();
}

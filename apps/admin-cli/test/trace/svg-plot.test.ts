import { readFile } from "node:fs/promises";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Plot } from "../../src/trace/plot/plot.ts";
import { svgPlot } from "../../src/trace/plot/svg-plot.ts";
import { thinned } from "../../src/trace/plot/thinned.ts";
import { numberTicks, placeTicks, tickText } from "../../src/trace/plot/ticks.ts";

const sample: Plot = {
  title: "scores: asset=<BTC> & label=low",
  series: [
    {
      name: "miner=1012",
      points: [
        { x: 0, y: 10 },
        { x: 60, y: 12.5 },
        { x: 120, y: undefined },
        { x: 180, y: 11 },
        { x: 240, y: 9 },
      ],
    },
    { name: "miner=<1015>", points: [{ x: 120, y: 14 }] },
  ],
  placeText: (x) => `${x} min`,
  placeSteps: [60, 120, 600],
};

describe("svgPlot", () => {
  test("draws lines, gaps, lone points and crosses, and nothing of a text becomes markup", async () => {
    const golden = await readFile(new URL("golden/plot.svg", import.meta.url), "utf8");
    expect(svgPlot(sample, { width: 480, height: 240 })).toBe(golden);
  });

  test("draws what has no values, or only one point", () => {
    for (const points of [[], [{ x: 5, y: undefined }], [{ x: 5, y: 0 }]]) {
      const svg = svgPlot(
        { ...sample, series: [{ name: "a", points }] },
        { width: 480, height: 240 },
      );
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  test("has no more points than it can show", () => {
    const points = Array.from({ length: 100_000 }, (_, x) => ({ x, y: Math.sin(x / 1000) }));
    const svg = svgPlot(
      { ...sample, series: [{ name: "a", points }] },
      { width: 480, height: 240 },
    );
    expect(svg.length).toBeLessThan(40_000);
  });
});

function columnOf(x: number): number {
  return Math.floor(x / 100);
}

test("a thinned line keeps the ends, the lowest and the highest of each column", () => {
  const point = fc.record({
    x: fc.integer({ min: 0, max: 500 }),
    y: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 80 }), (given) => {
      const line = given.toSorted((a, b) => a.x - b.x);
      const kept = thinned(line, columnOf);
      expect(kept).toEqual(line.filter((one) => kept.includes(one)));
      for (const [column, points] of Map.groupBy(line, ({ x }) => columnOf(x))) {
        const left = kept.filter(({ x }) => columnOf(x) === column);
        expect(left.length).toBeLessThanOrEqual(4);
        expect([left[0], left.at(-1)]).toEqual([points[0], points.at(-1)]);
        const ys = points.map(({ y }) => y);
        const leftYs = left.map(({ y }) => y);
        expect([Math.min(...leftYs), Math.max(...leftYs)]).toEqual([
          Math.min(...ys),
          Math.max(...ys),
        ]);
      }
    }),
  );
});

describe("ticks", () => {
  test.each([
    [{ from: 0, to: 10 }, 5, [0, 2, 4, 6, 8, 10]],
    [{ from: 2718, to: 5506 }, 6, [3000, 3500, 4000, 4500, 5000, 5500]],
    [{ from: -0.3, to: 0.3 }, 3, [-0.2, 0, 0.2]],
    [{ from: 1e-7, to: 2e-7 }, 2, [1e-7, 1.5e-7, 2e-7]],
  ])("of %j, about %d", (extent, count, expected) => {
    expect(numberTicks(extent, count).map((tick) => tick || 0)).toEqual(expected);
  });

  test("of places are multiples of the least step that fits", () => {
    expect(placeTicks({ from: 10, to: 130 }, [1, 30, 60], 4)).toEqual([30, 60, 90, 120]);
    expect(placeTicks({ from: 0, to: 1e9 }, [1, 10], 3)).toEqual([0, 10, 20]);
  });

  test.each([
    [1234.5, "1234.5"],
    [0.1 + 0.2, "0.3"],
    [0, "0"],
    [25_000_000, "2.5e+7"],
    [0.000_01, "1e-5"],
  ])("%d is %s", (value, text) => {
    expect(tickText(value)).toBe(text);
  });
});

import { expect, test } from "vitest";

import type { LabelConfig } from "../../src/label/label-config.ts";
import { SYNTH_HIGH, SYNTH_LOW } from "../../src/label/synth-labels.ts";
import { stepCount } from "../../src/request/forecast-request.ts";

// Upstream's own counts: the presets must lead to them.

function evaluations(config: LabelConfig): number {
  const counts = Object.entries(config.intervals).map(([name, seconds]) =>
    /_(abs|gaps)$/.test(name) ? 1 : Math.floor(config.timeLengthSeconds / seconds),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

test("the intervals have upstream's names, which decide how they are scored", () => {
  const gaps = Array.from({ length: 12 }, (_, index) => `0_${5 * (index + 1)}min_gaps`);
  expect(Object.keys(SYNTH_LOW.intervals)).toEqual(["5min", "30min", "3hour", "24hour_abs"]);
  expect(Object.keys(SYNTH_HIGH.intervals)).toEqual([
    "1min",
    "2min",
    "5min",
    "15min",
    "30min",
    "60min_abs",
    ...gaps,
  ]);
});

test.each([
  [SYNTH_LOW, 289, 1_156_000, 345, 4, 12],
  [SYNTH_HIGH, 61, 244_000, 121, 18, 5],
])("$label", (config, steps, tileBytes, evaluationCount, intervalCount, assetCount) => {
  expect(stepCount(config)).toBe(steps);
  expect(stepCount(config) * config.simulations * 4).toBe(tileBytes);
  expect(evaluations(config)).toBe(evaluationCount);
  expect(Object.keys(config.intervals)).toHaveLength(intervalCount);
  expect(config.assets).toHaveLength(assetCount);
  expect(config.assets.every((asset) => asset in config.assetCoefficients)).toBe(true);
});

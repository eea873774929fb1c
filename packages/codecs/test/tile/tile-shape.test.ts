import { panelCount, stepsInPanel } from "@foretile/codecs";
import { expect, test } from "vitest";

import { codecErrorOf } from "../helpers/codec-error-of.ts";

test.each([
  [1, [1]],
  [31, [31]],
  [32, [32]],
  [33, [32, 1]],
  [64, [32, 32]],
  [289, [32, 32, 32, 32, 32, 32, 32, 32, 32, 1]],
])("%i steps are panels of %j steps", (steps, panels) => {
  expect(panelCount({ steps })).toBe(panels.length);
  expect(panels.map((_, panel) => stepsInPanel({ steps }, panel))).toEqual(panels);
  expect(stepsInPanel({ steps }, panels.length)).toBe(0);
});

test("other panel lengths count alike", () => {
  expect(panelCount({ steps: 11 }, 5)).toBe(3);
  expect(stepsInPanel({ steps: 11 }, 2, 5)).toBe(1);
});

test.each([-1, 0.5, Number.NaN])("%d is no panel", (panel) => {
  expect(codecErrorOf(() => stepsInPanel({ steps: 5 }, panel))?.code).toBe("invalid-argument");
});

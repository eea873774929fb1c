import { expect, it } from "vitest";

import { paramSetOf } from "../../src/index.ts";

it("has each value once, in the order in which it was met", () => {
  const set = paramSetOf([
    { os: "win", arch: "x86" },
    { os: "linux" },
    { os: "win", arch: "arm", ["__proto__"]: "p" },
  ]);
  expect(Object.entries(set)).toEqual([
    ["os", ["win", "linux"]],
    ["arch", ["x86", "arm"]],
    ["__proto__", ["p"]],
  ]);
});

it("is empty for no traces", () => {
  expect(paramSetOf([])).toEqual({});
});

import { expect, test } from "vitest";
import { isCatalogError } from "../../src/index.ts";
import { labelOf, SYNTH_LABEL_RULES } from "../../src/postgres/index.ts";
import { LABEL_RULES } from "../helpers/network-rules.ts";

test.each(LABEL_RULES)("a length of $in is told as $expected", (rule) => {
  let told: string;
  try {
    told = labelOf(SYNTH_LABEL_RULES, { timeLengthSeconds: rule.in, asset: "BTC" });
  } catch (error) {
    told = isCatalogError(error, "unknown-label") ? "error" : String(error);
  }
  expect(told).toBe(rule.expected);
});

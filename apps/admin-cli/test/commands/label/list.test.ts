import { parseLabelConfig, SYNTH_HIGH, SYNTH_LOW } from "@foretile/prediction-store";
import { expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";

const list = ["--store", "memory:label-list", "label", "list"];

test("the labels are listed with their sizes", async () => {
  const { output } = await runForetile(list);
  const [titles, low, high] = output.split("\n");
  expect(titles).toMatch(/^LABEL +EVERY +LENGTH +STEPS +PATHS /);
  expect(low).toMatch(/^low +300 s +86,400 s +289 +1,000 +4 +10 d +12 d +BTC ETH /);
  expect(high).toMatch(/^high +60 s +3,600 s +61 +1,000 +18 /);
});

test("with --json a label is a line that reads back", async () => {
  const { output } = await runForetile([...list, "--json"]);
  expect(jsonLines(output).map(parseLabelConfig)).toStrictEqual([SYNTH_LOW, SYNTH_HIGH]);
});

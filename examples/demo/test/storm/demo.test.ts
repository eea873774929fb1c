import { expect, test } from "vitest";

import { demoReport } from "../../src/demo-report.ts";
import { type DemoResult, runDemo } from "../../src/run-demo.ts";
import { sourcePrograms } from "../support/source-programs.ts";

function play(seed: number): Promise<DemoResult> {
  const options = {
    seed,
    minerCount: 14,
    requestCount: 2,
    simulations: 4,
    asset: "BTC",
    pricesPath: undefined,
    storeUrl: undefined,
  };
  return runDemo(options, { programs: sourcePrograms, onStep: () => undefined });
}

test("the real programs play the whole story, and the same seed tells the same", async () => {
  const result = await play(7);
  expect(result.ingest.filter(({ event }) => event === "published")).toMatchObject([
    { id: "r1", version: 1, answers: { valid: 11, invalid: 2 } },
    { id: "r2", version: 1, answers: { valid: 11, invalid: 2 } },
  ]);
  // The late ones.
  expect(result.ingest.filter(({ event }) => event === "rejected")).toMatchObject([
    { code: "already-published" },
    { code: "already-published" },
  ]);
  expect(result.verify).toMatchObject({ damaged: 0 });
  expect(result.stats).toMatchObject({ tiles: 22, invalid: 4 });

  const report = demoReport(result);
  expect(report).toContain("brownian motion");
  expect(report).toMatch(/nothing +missing: no_process_time/);
  expect(report).toMatch(/invalid: (path_count|price_|point_count|start_time)/);

  const [again, other] = [await play(7), await play(8)];
  expect(demoReport(again)).toBe(report);
  expect(demoReport(other)).not.toBe(report);
});

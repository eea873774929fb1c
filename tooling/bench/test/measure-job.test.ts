import { temporaryFolder, type TemporaryFolder } from "@foretile/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Dataset } from "../src/data/dataset.mjs";
import { makeDataset } from "../src/data/make-dataset.mjs";
import { brownianMoves } from "../src/data/price-moves.mjs";
import { measureJob } from "../src/measure-job.mjs";

const module = new URL("changed-values.mjs", import.meta.url).href;
let folder: TemporaryFolder;
let dataset: Dataset;

beforeAll(async () => {
  folder = await temporaryFolder();
  const moves = brownianMoves({ start: 100, yearlyVolatility: 0.6, incrementSeconds: 300 });
  const sizes = { requests: 2, answers: 3, shape: { simulations: 5, steps: 40 } };
  const options = { name: "one", folder: folder.path, moves, withText: false, ...sizes };
  dataset = await makeDataset(options);
});
afterAll(() => folder[Symbol.asyncDispose]());

function measure(workload: string, variant: string): Promise<Record<string, number>> {
  const subject = { module, variant };
  const job = { task: "measure", subject, workload, folder: folder.path, dataset, services: {} };
  return measureJob(job as Parameters<typeof measureJob>[0]);
}

test.each(["W2", "W3 step", "W3 steps", "W4", "W5"])(
  "%s of an honest subject is timed",
  async (id) => {
    const { ms, peakBytes } = await measure(id, "honest");
    expect(ms).toBeGreaterThan(0);
    expect(peakBytes).toBeGreaterThan(1e6);
  },
);

test.each([
  ["W2", "one bit"],
  ["W2", "one missing"],
  ["W3 step", "next step"],
  ["W3 steps", "next step"],
  ["W4", "one missing"],
  ["W5", "one missing"],
])("%s: %s is told", async (id, variant) => {
  await expect(measure(id, variant)).rejects.toThrow(/^another output|^other scores/);
});

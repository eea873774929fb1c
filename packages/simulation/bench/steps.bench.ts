import { toKey } from "@foretile/storage";
import { describe, test } from "vitest";
import { createSimulation, type Actor, type FaultProbabilities } from "../src/index.ts";

const STEPS = 10_000;
const key = toKey("k");
const faults: FaultProbabilities = { delay: 0.1, fail: 0.05, "lose-reply": 0.05, late: 0.05 };

const work = async ({ store }: Actor): Promise<void> => {
  for (;;) {
    const ref = await store.refs.read(key).catch(() => undefined);
    await store.refs.compareAndSet(key, ref?.token, new Uint8Array(8)).catch(() => {});
  }
};

/** Ends at its most steps, as the tasks never do. */
async function run(actors: number, struck: FaultProbabilities): Promise<void> {
  const simulation = createSimulation({ seed: 1, maxSteps: STEPS, faults: struck });
  const names = Array.from({ length: actors }, (_, index) => `actor-${index}`);
  await simulation
    .run(names.map((name) => [simulation.actor(name), work] as const))
    .catch(() => {});
}

// One call is 10 000 steps: ten calls a second are 100 000 steps a second.
describe("10 000 steps of compare-and-set loops", () => {
  test("run", async ({ bench }) => {
    await bench.compare(
      bench("2 actors", () => run(2, {})),
      bench("16 actors", () => run(16, {})),
      bench("4 actors, with faults", () => run(4, faults)),
    );
  });
});

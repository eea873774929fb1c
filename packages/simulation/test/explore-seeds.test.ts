import { toKey } from "@foretile/storage";
import { expect, test } from "vitest";
import { exploreSeeds, isSimulationError, type Simulation } from "../src/index.ts";

const key = toKey("k");

async function read(simulation: Simulation, times: number): Promise<void> {
  await simulation.run([
    [
      simulation.actor("ann"),
      async ({ store }) => {
        for (let turn = 0; turn < times; turn += 1) await store.refs.read(key);
      },
    ],
  ]);
}

test("each seed has a simulation of its own, and the first runs twice", async () => {
  const seeds: number[] = [];
  const options = { first: 10, count: 3, faults: { delay: 1 } };
  const exploration = await exploreSeeds(options, async (simulation) => {
    seeds.push(simulation.seed);
    await read(simulation, 2);
    expect(simulation.trace.faults().get("delay")).toBe(2);
  });
  expect(seeds).toEqual([10, 10, 11, 12]);
  expect(exploration).toEqual({ seeds: 3, steps: 12 });
});

test("the first seed that fails is named, with its trace and its cause", async () => {
  const seeds: number[] = [];
  const cause = new Error("count is wrong", { cause: new Error("lost update") });
  const exploring = exploreSeeds({ count: 9 }, async (simulation) => {
    seeds.push(simulation.seed);
    await read(simulation, 2);
    if (simulation.seed >= 4) throw cause;
  });
  await expect(exploring).rejects.toSatisfy((error) => isSimulationError(error, "history-failed"));
  await expect(exploring).rejects.toMatchObject({
    cause,
    message: [
      "history failed seed=4: Error: count is wrong",
      "  because Error: lost update",
      "replay with seed 4; it ended at step 2 like this:",
      "#0 0ms ann start: ",
      "#1 0ms ann refs.read k: absent",
      "#2 0ms ann refs.read k: absent",
      "#2 0ms ann end: finished",
    ].join("\n"),
  });
  expect(seeds).toEqual([1, 1, 2, 3, 4, 4]);
});

test("a history that does not replay is told from one that fails", async () => {
  let histories = 0;
  const differing = exploreSeeds({ count: 5 }, (simulation) => {
    histories += 1;
    return read(simulation, histories);
  });
  await expect(differing).rejects.toMatchObject({
    code: "not-replayable",
    message: expect.stringContaining("seed=1"),
  });

  let failures = 0;
  const cause = new Error("only once");
  const failingOnce = exploreSeeds({ count: 5 }, async (simulation) => {
    await read(simulation, 1);
    failures += 1;
    if (failures === 4) throw cause;
  });
  await expect(failingOnce).rejects.toMatchObject({ code: "not-replayable", cause });
});

test("at least one seed is tried", async () => {
  await expect(exploreSeeds({ count: 0 }, async () => {})).rejects.toMatchObject({
    code: "invalid-argument",
  });
});

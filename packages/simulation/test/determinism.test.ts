import { expect, test } from "vitest";
import { createSimulation, type Actor, type FaultProbabilities } from "../src/index.ts";
import { countCarefully, countingHistory, readCounter } from "./toy-counter.ts";

const faults: FaultProbabilities = {
  delay: 0.2,
  crash: 0.02,
  fail: 0.1,
  late: 0.1,
  "lose-reply": 0.1,
  duplicate: 0.1,
};

async function traceOf(seed: number): Promise<string> {
  const simulation = createSimulation({ seed, faults });
  await countingHistory(countCarefully, { actors: 3, turns: 4 })(simulation);
  const { count } = await readCounter(simulation.memory);
  return `${simulation.trace.text()}\ncount ${count}`;
}

/** The steps of two actors that come to their first call after so many promise callbacks. */
async function stepsAfterHops(seed: number, ann: number, bob: number): Promise<readonly string[]> {
  const simulation = createSimulation({ seed });
  await simulation.run([
    [simulation.actor("ann"), (actor) => readAfterHops(actor, ann)],
    [simulation.actor("bob"), (actor) => readAfterHops(actor, bob)],
  ]);
  return simulation.trace
    .events()
    .filter(({ action }) => action !== "end")
    .map(({ step, actor, action }) => `${step} ${actor} ${action}`);
}

async function readAfterHops({ store }: Actor, hops: number): Promise<void> {
  for (let hop = 0; hop < hops; hop += 1) await Promise.resolve();
  await readCounter(store);
  await readCounter(store);
}

function drawnBy(seed: number): readonly string[] {
  const simulation = createSimulation({ seed });
  return ["ann", "bob"].flatMap((name) => {
    const { ids, random } = simulation.actor(name);
    return [ids.nextId(), ids.nextId(), String(random.nextUint32())];
  });
}

test("the same seed gives the same trace, byte for byte", async () => {
  for (let seed = 1; seed <= 20; seed += 1) expect(await traceOf(seed)).toBe(await traceOf(seed));
});

test("different seeds give different traces", async () => {
  const traces = new Set<string>();
  for (let seed = 1; seed <= 50; seed += 1) traces.add(await traceOf(seed));
  expect(traces.size).toBe(50);
});

test("two simulations at the same time do not disturb each other", async () => {
  const alone = [await traceOf(7), await traceOf(8)];
  expect(await Promise.all([traceOf(7), traceOf(8)])).toEqual(alone);
});

test("which actor comes to its call first within a turn does not matter", async () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    expect(await stepsAfterHops(seed, 50, 0)).toEqual(await stepsAfterHops(seed, 0, 50));
  }
});

test("actors draw their own numbers and ids, the same for the same seed", async () => {
  expect(drawnBy(1)).toEqual(drawnBy(1));
  expect(new Set([...drawnBy(1), ...drawnBy(2)]).size).toBe(12);
});

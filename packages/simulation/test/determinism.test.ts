import { expect, test } from "vitest";
import { createSimulation, type FaultProbabilities, type Simulation } from "../src/index.ts";
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
  const late = async (simulation: Simulation, first: number, second: number): Promise<string> => {
    const work =
      (hops: number) =>
      async ({ store }: { readonly store: Simulation["memory"] }): Promise<void> => {
        for (let hop = 0; hop < hops; hop += 1) await Promise.resolve();
        await readCounter(store);
        await readCounter(store);
      };
    await simulation.run([
      [simulation.actor("ann"), work(first)],
      [simulation.actor("bob"), work(second)],
    ]);
    return simulation.trace.text();
  };
  for (let seed = 1; seed <= 10; seed += 1) {
    const [one, other] = [createSimulation({ seed }), createSimulation({ seed })];
    const lines = (await late(one, 0, 50)).replaceAll(/ end: .*/g, "");
    expect((await late(other, 50, 0)).replaceAll(/ end: .*/g, "")).toBe(lines);
  }
});

test("actors draw their own numbers and ids, the same for the same seed", async () => {
  const draw = (seed: number): readonly string[] => {
    const simulation = createSimulation({ seed });
    return ["ann", "bob"].flatMap((name) => {
      const { ids, random } = simulation.actor(name);
      return [ids.nextId(), ids.nextId(), String(random.nextUint32())];
    });
  };
  expect(draw(1)).toEqual(draw(1));
  expect(new Set([...draw(1), ...draw(2)]).size).toBe(12);
});

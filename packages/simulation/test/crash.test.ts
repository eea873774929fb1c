import { setImmediate } from "node:timers/promises";
import { toKey } from "@foretile/storage";
import { expect, test } from "vitest";
import { createSimulation, type SimulationOptions } from "../src/index.ts";
import { underSeeds } from "./seeds.ts";

const key = toKey("k");
const bytes = new Uint8Array([1]);

/** Ann crashes at her first call on `refs`. */
const atRefs: Omit<SimulationOptions, "seed"> = {
  faultsFor: ({ actor, operation }) =>
    actor === "ann" && operation.startsWith("refs.") ? { crash: 1 } : undefined,
};

test("no pending and no later call of a crashed actor settles", async () => {
  const simulation = createSimulation({ seed: 1, wakeProbability: 0, ...atRefs });
  const settled: string[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const timers = process.getActiveResourcesInfo().length;
  const controller = new AbortController();
  const tell = (name: string, call: Promise<unknown>): void => {
    const settle = (): number => settled.push(name);
    void call.then(settle, settle);
  };

  const outcomes = await simulation.run<string>([
    [
      simulation.actor("ann"),
      async ({ store, clock }) => {
        tell("sleep", clock.sleep(10));
        tell("abortable sleep", clock.sleep(10, controller.signal));
        tell("abortable read", store.refs.read(key, { signal: controller.signal }));
        tell("read", store.refs.read(key));
        await gate;
        tell("later get", store.blobs.get(key));
        tell("later sleep", clock.sleep(0));
        tell("later listing", store.blobs.list({})[Symbol.asyncIterator]().next());
        throw new Error("nobody hears of this");
      },
    ],
    [
      simulation.actor("bob"),
      async ({ clock, store }) => {
        await clock.sleep(1_000);
        open();
        await store.blobs.get(key);
        controller.abort();
        await store.blobs.get(key);
        return "bob went on";
      },
    ],
  ]);
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();

  expect(outcomes).toEqual([{ end: "crashed" }, { end: "finished", value: "bob went on" }]);
  expect(settled).toEqual([]);
  expect(process.getActiveResourcesInfo().length).toBe(timers);
  const ann = simulation.trace.events().filter(({ actor }) => actor === "ann");
  expect(ann.at(-1)).toMatchObject({ action: "end", result: "crashed" });
});

test("what a crashed actor returns counts for nothing", async () => {
  const simulation = createSimulation({ seed: 1, ...atRefs });
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const outcomes = await simulation.run<unknown>([
    [
      simulation.actor("ann"),
      async ({ store }) => {
        void store.refs.read(key);
        await gate;
        return "too late";
      },
    ],
    [
      simulation.actor("bob"),
      async ({ clock, store }) => {
        await clock.sleep(1);
        open();
        await store.blobs.get(key);
      },
    ],
  ]);
  expect(outcomes[0]).toEqual({ end: "crashed" });
});

test("a crash comes before the write or after it", async () => {
  const results = await underSeeds(30, atRefs, async (simulation) => {
    await simulation.run([
      [simulation.actor("ann"), ({ store }) => store.refs.compareAndSet(key, undefined, bytes)],
    ]);
    const crash = simulation.trace.events().find(({ fault }) => fault === "crash");
    const happened = (await simulation.memory.refs.read(key)) !== undefined;
    return `${crash?.result}, ${happened ? "happened" : "did not happen"}`;
  });
  expect(new Set(results)).toEqual(
    new Set([
      "before, did not happen",
      "before, happened",
      "after: swapped absent for 1, happened",
    ]),
  );
});

test("other writes on their way may still happen, long after the crash", async () => {
  const results = await underSeeds(60, atRefs, async (simulation) => {
    await simulation.run<unknown>([
      [
        simulation.actor("ann"),
        ({ store }) => Promise.all([store.blobs.putNew(key, bytes), store.refs.read(key)]),
      ],
      [
        simulation.actor("bob"),
        async ({ store }) => {
          for (let turn = 0; turn < 20; turn += 1) await store.blobs.get(key);
        },
      ],
    ]);
    const events = simulation.trace.events();
    const crash = events.findIndex(({ fault }) => fault === "crash");
    const surfaced = events.findIndex(({ orphan }) => orphan === "left-behind");
    if (surfaced === -1) return "put before the crash";
    const result = events[surfaced]?.result === "lost" ? "lost" : "put";
    return surfaced > crash + 10 ? `${result} long after` : `${result} after`;
  });
  expect(new Set(results)).toEqual(
    new Set([
      "put before the crash",
      "put after",
      "put long after",
      "lost after",
      "lost long after",
    ]),
  );
});

test("a sleep may end in a crash", async () => {
  const simulation = createSimulation({ seed: 1, faults: { crash: 1 } });
  const outcomes = await simulation.run([
    [simulation.actor("ann"), ({ clock }) => clock.sleep(5)],
    [simulation.actor("bob", { faults: {} }), ({ clock }) => clock.sleep(5)],
  ]);
  expect(outcomes.map(({ end }) => end)).toEqual(["crashed", "finished"]);
});

test("another actor takes over when one has ended", async () => {
  const simulation = createSimulation({ seed: 1, ...atRefs });
  const ann = simulation.actor("ann");
  const outcomes = await simulation.run<unknown>([
    [ann, ({ store }) => store.refs.read(key)],
    [
      simulation.actor("bob"),
      async ({ store }) => {
        const end = await ann.ended;
        await store.refs.read(key);
        return end;
      },
    ],
  ]);
  expect(outcomes).toEqual([{ end: "crashed" }, { end: "finished", value: "crashed" }]);
});

test("what a finished actor did not wait for is left behind as well", async () => {
  const results = await underSeeds(30, {}, async (simulation) => {
    const settled: string[] = [];
    await simulation.run([
      [
        simulation.actor("ann"),
        async ({ store, clock }) => {
          void store.blobs.putNew(key, bytes).finally(() => settled.push("putNew"));
          void clock.sleep(1).finally(() => settled.push("sleep"));
        },
      ],
    ]);
    expect(settled).toEqual([]);
    return (await simulation.memory.blobs.get(key)) !== undefined;
  });
  expect(new Set(results)).toEqual(new Set([true, false]));
});

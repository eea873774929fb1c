import { getEventListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { toKey } from "@foretile/storage";
import { describe, expect, test } from "vitest";
import { createSimulation, isSimulationError, type Actor } from "../src/index.ts";
import { underSeeds } from "./seeds.ts";

const key = toKey("k");
const bytes = new Uint8Array([1]);

const busy = async ({ store }: Actor): Promise<void> => {
  for (let turn = 0; turn < 2_000; turn += 1) await store.refs.read(key);
};

const answer =
  (value: number) =>
  async ({ store }: Actor): Promise<number> => {
    await store.blobs.putNew(toKey(`k${value}`), bytes);
    return value;
  };

describe("a run", () => {
  test("gives how each task ended, and one run may follow another", async () => {
    const simulation = createSimulation({ seed: 1 });
    expect(
      await simulation.run([
        [simulation.actor("ann"), answer(1)],
        [simulation.actor("bob"), answer(2)],
      ]),
    ).toEqual([
      { end: "finished", value: 1 },
      { end: "finished", value: 2 },
    ]);
    const before = simulation.steps;
    const [third] = await simulation.run([
      [
        simulation.actor("cid"),
        async ({ store }) => {
          const keys: string[] = [];
          for await (const batch of store.blobs.list({}))
            keys.push(...batch.map((entry) => entry.key));
          return keys;
        },
      ],
    ]);
    expect(third).toEqual({ end: "finished", value: ["k1", "k2"] });
    expect(simulation.steps).toBeGreaterThan(before);
    expect(await simulation.run([])).toEqual([]);
  });

  test("fails with what a task threw, and stays failed", async () => {
    const simulation = createSimulation({ seed: 5 });
    const cause = new Error("broken promise");
    const settled: string[] = [];
    const controller = new AbortController();
    const { signal } = controller;
    const failing = simulation.run<unknown>([
      [
        simulation.actor("ann"),
        async ({ store }) => {
          await store.refs.read(key);
          throw cause;
        },
      ],
      [
        simulation.actor("bob"),
        async ({ store, clock }) => {
          void clock.sleep(1, signal).catch(() => settled.push("sleep"));
          for (;;) await store.refs.read(key, { signal }).catch(() => settled.push("read"));
        },
      ],
    ]);
    await expect(failing).rejects.toMatchObject({
      code: "actor-failed",
      cause,
      message: expect.stringContaining("actor=ann seed=5"),
    });
    controller.abort();
    await setImmediate();
    expect(settled).toEqual([]);
    let started = false;
    const later = async (): Promise<void> => {
      started = true;
    };
    await expect(simulation.run([[simulation.actor("cid"), later]])).rejects.toMatchObject({
      code: "actor-failed",
    });
    expect(started).toBe(false);
  });

  test("takes each actor once, and one run at a time", async () => {
    const simulation = createSimulation({ seed: 1 });
    const ann = simulation.actor("ann");
    const bob = simulation.actor("bob");
    await expect(
      simulation.run([
        [ann, busy],
        [ann, busy],
      ]),
    ).rejects.toMatchObject({ code: "invalid-argument" });
    const running = simulation.run([[ann, busy]]);
    await expect(simulation.run([[bob, busy]])).rejects.toMatchObject({ code: "invalid-argument" });
    await running;
    await expect(simulation.run([[ann, busy]])).rejects.toMatchObject({ code: "invalid-argument" });
    const foreign = createSimulation({ seed: 1 }).actor("ann");
    await expect(simulation.run([[foreign, busy]])).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(() => simulation.actor("ann")).toThrow("name is taken name=ann");
    expect(await simulation.run([[bob, busy]])).toMatchObject([{ end: "finished" }]);
  });

  test("refuses options outside what is documented", () => {
    for (const options of [
      { seed: 0.5 },
      { seed: 1, maxDelaySteps: 0 },
      { seed: 1, wakeProbability: 2 },
      { seed: 1, maxSteps: 0 },
      { seed: 1, maxTraceEvents: 0 },
      { seed: 1, startMs: -1 },
    ]) {
      expect(() => createSimulation(options)).toThrow(/must be/);
    }
    const simulation = createSimulation({ seed: 1 });
    expect(() => simulation.actor("ann", { clockJumps: { probability: 2, maxMs: 1 } })).toThrow(
      "from 0 to 1",
    );
    expect(() => simulation.actor("ann", { clockOffsetMs: 0.5 })).toThrow("integer");
  });
});

describe("a run that cannot go on", () => {
  test("says who waits when nothing can happen any more", async () => {
    const simulation = createSimulation({ seed: 9 });
    const [ann, bob] = [simulation.actor("ann"), simulation.actor("bob")];
    const waiting = simulation.run<unknown>([
      [ann, () => bob.ended],
      [
        bob,
        async ({ store }) => {
          await store.refs.read(key);
          await ann.ended;
        },
      ],
      [simulation.actor("cid"), busy],
    ]);
    await expect(waiting).rejects.toMatchObject({
      code: "stuck",
      message: expect.stringMatching(/seed=9 .*waiting=ann after start, bob after refs\.read k$/),
    });
  });

  test("ends at the most steps and names what is on its way", async () => {
    const simulation = createSimulation({ seed: 1, maxSteps: 100 });
    const running = simulation.run([
      [
        simulation.actor("ann"),
        async ({ store }) => {
          for (;;) await store.refs.read(key);
        },
      ],
    ]);
    await expect(running).rejects.toMatchObject({
      code: "too-many-steps",
      message: expect.stringContaining("maxSteps=100 pending=ann refs.read k"),
    });
    expect(simulation.steps).toBe(100);
  });

  test.each([
    ["a turn of the event loop", () => setImmediate()],
    ["a thread", () => crypto.subtle.sign("HMAC", hmacKey, bytes)],
  ])("refuses to let an actor go on after %s", async (_, wait) => {
    for (const next of ["call", "sleep", "end"] as const) {
      const simulation = createSimulation({ seed: 1, maxSteps: 10_000_000 });
      const running = simulation.run([
        [
          simulation.actor("ann"),
          async ({ store, clock }) => {
            await wait();
            if (next === "call") await store.refs.read(key);
            if (next === "sleep") await clock.sleep(1);
          },
        ],
        [
          simulation.actor("bob"),
          async ({ store }) => {
            for (;;) await store.refs.read(key);
          },
        ],
      ]);
      await expect(running).rejects.toMatchObject({
        code: "real-work",
        message: expect.stringContaining("actor=ann"),
      });
    }
  });

  test("refuses an actor's calls before its run", async () => {
    const { store, clock } = createSimulation({ seed: 1 }).actor("ann");
    await expect(store.refs.read(key)).rejects.toSatisfy((error) =>
      isSimulationError(error, "not-running"),
    );
    await expect(clock.sleep(1)).rejects.toMatchObject({ code: "not-running" });
  });
});

describe("a signal", () => {
  test("ends a read at once, and a write that may still happen", async () => {
    const results = await underSeeds(30, {}, async (simulation) => {
      await simulation.run([
        [
          simulation.actor("ann"),
          async ({ store }) => {
            const controller = new AbortController();
            const { signal } = controller;
            const aborted = { code: "aborted", cause: "enough" };
            const calls = [
              store.refs.read(key, { signal }),
              store.blobs.putNew(key, bytes, { signal }),
              store.blobs.list({}, { signal })[Symbol.asyncIterator]().next(),
            ].map((call) => expect(call).rejects.toMatchObject(aborted));
            // The calls are on their way after a few promise callbacks.
            for (let hop = 0; hop < 10; hop += 1) await Promise.resolve();
            controller.abort("enough");
            await Promise.all(calls);
          },
        ],
      ]);
      const events = simulation.trace.events().filter(({ orphan }) => orphan !== undefined);
      expect(events.map(({ action, orphan }) => `${action} ${orphan}`)).toEqual([
        "blobs.putNew aborted",
      ]);
      return (await simulation.memory.blobs.get(key)) !== undefined;
    });
    expect(new Set(results)).toEqual(new Set([true, false]));
  });

  test("that is aborted after the answer changes nothing", async () => {
    const simulation = createSimulation({ seed: 1 });
    await simulation.run([
      [
        simulation.actor("ann"),
        async ({ store, clock }) => {
          const controller = new AbortController();
          const { signal } = controller;
          await store.blobs.putNew(key, bytes, { signal });
          await clock.sleep(1, signal);
          expect(getEventListeners(signal, "abort")).toEqual([]);
          controller.abort();
          expect(await store.blobs.get(key)).toEqual(bytes);
        },
      ],
    ]);
    expect(simulation.trace.events().filter(({ orphan }) => orphan !== undefined)).toEqual([]);
  });
});

const hmacKey = await crypto.subtle.importKey(
  "raw",
  bytes,
  { name: "HMAC", hash: "SHA-256" },
  false,
  ["sign"],
);

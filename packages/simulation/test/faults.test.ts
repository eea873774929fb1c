import { toKey } from "@foretile/storage";
import { describe, expect, test } from "vitest";
import {
  createSimulation,
  type Actor,
  type FaultKind,
  type Simulation,
  type SimulationOptions,
} from "../src/index.ts";
import { underSeeds } from "./seeds.ts";

const key = toKey("k");
const other = toKey("other");
const old = new Uint8Array([1]);
const next = new Uint8Array([2]);

/** Strikes each call of one operation. */
function always(kind: FaultKind, operation: string): Omit<SimulationOptions, "seed"> {
  return {
    faultsFor: (call) => (call.operation === operation ? { [kind]: 1 } : undefined),
  };
}

async function inRun<T>(simulation: Simulation, work: (actor: Actor) => Promise<T>): Promise<T> {
  const [outcome] = await simulation.run([[simulation.actor("ann"), work]]);
  if (outcome?.end !== "finished") throw new Error("ann did not finish");
  return outcome.value;
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "resolved",
    (error: { readonly code: string; readonly retry: string }) => `${error.code} ${error.retry}`,
  );
}

async function readOften({ store }: Actor): Promise<string> {
  for (let turn = 0; turn < 1_000; turn += 1) await codeOf(store.refs.read(other));
  return "read often";
}

async function ask({ store }: Actor): Promise<readonly string[]> {
  return [await codeOf(store.refs.read(key)), await codeOf(store.refs.read(other))];
}

/** Both things happened, each under some of the seeds. */
const both = new Set([true, false]);

describe("fail", () => {
  test("a write has not happened and is safe to repeat", async () => {
    const simulation = createSimulation({ seed: 1, ...always("fail", "refs.compareAndSet") });
    const code = await inRun(simulation, ({ store }) =>
      codeOf(store.refs.compareAndSet(key, undefined, old)),
    );
    expect(code).toBe("unavailable safe");
    expect(await simulation.memory.refs.read(key)).toBeUndefined();
  });

  test("a batch of a listing fails, and the listing with it", async () => {
    const simulation = createSimulation({ seed: 1, ...always("fail", "blobs.list") });
    await simulation.memory.blobs.putNew(key, old);
    const given = await inRun(simulation, async ({ store }) => {
      const listing = store.blobs.list({})[Symbol.asyncIterator]();
      return [await codeOf(listing.next()), (await listing.next()).done];
    });
    expect(given).toEqual(["unavailable safe", true]);
  });
});

describe("lose-reply", () => {
  test("a write has happened and is of unknown outcome", async () => {
    const simulation = createSimulation({ seed: 1, ...always("lose-reply", "blobs.putNew") });
    const code = await inRun(simulation, ({ store }) => codeOf(store.blobs.putNew(key, old)));
    expect(code).toBe("unavailable unknown-outcome");
    expect(await simulation.memory.blobs.get(key)).toEqual(old);
  });

  test("a read may be repeated", async () => {
    const simulation = createSimulation({ seed: 1, ...always("lose-reply", "blobs.get") });
    const code = await inRun(simulation, ({ store }) => codeOf(store.blobs.get(key)));
    expect(code).toBe("unavailable safe");
  });
});

describe("late", () => {
  const options = always("late", "refs.compareAndSet");

  test("a write happens after its caller gave up, or never", async () => {
    const results = await underSeeds(40, options, async (simulation) => {
      const before = await inRun(simulation, async ({ store }) => {
        const code = await codeOf(store.refs.compareAndSet(key, undefined, old));
        expect(code).toBe("unavailable unknown-outcome");
        return simulation.memory.refs.read(key);
      });
      expect(before).toBeUndefined();
      const happened = (await simulation.memory.refs.read(key)) !== undefined;
      const events = simulation.trace.events();
      const finished = events.findIndex(({ action }) => action === "end");
      const surfaced = events.findIndex(({ orphan }) => orphan === "late");
      expect(surfaced).toBeGreaterThan(finished);
      expect(events[surfaced]?.result).toBe(happened ? "swapped absent for 1" : "lost");
      return happened;
    });
    expect(new Set(results)).toEqual(both);
  });

  test("it meets its caller's next try under some seeds", async () => {
    const results = await underSeeds(40, options, (simulation) =>
      inRun(simulation, async ({ store }) => {
        await codeOf(store.refs.compareAndSet(key, undefined, old));
        return (await store.refs.read(key)) !== undefined;
      }),
    );
    expect(new Set(results)).toEqual(both);
  });

  test("the bytes are those of the call, whatever the caller does with its buffer", async () => {
    const results = await underSeeds(30, { faults: { late: 1 } }, async (simulation) => {
      await simulation.memory.blobs.putNew(other, old);
      await inRun(simulation, async ({ store }) => {
        const bytes = old.slice();
        await codeOf(store.blobs.putNew(key, bytes));
        await codeOf(store.refs.compareAndSet(key, undefined, bytes));
        const keys = [other];
        await codeOf(store.blobs.deleteMany(keys));
        keys[0] = key;
        bytes.fill(9);
      });
      const blob = await simulation.memory.blobs.get(key);
      const ref = await simulation.memory.refs.read(key);
      expect([undefined, 1]).toContain(blob?.[0]);
      expect([undefined, 1]).toContain(ref?.value[0]);
      const surfaced = (action: string): string | undefined =>
        simulation.trace.events().find((event) => event.orphan && event.action === action)?.result;
      expect(blob !== undefined).toBe(surfaced("blobs.putNew") === "1 bytes");
      return [
        blob !== undefined,
        ref !== undefined,
        (await simulation.memory.blobs.get(other)) !== undefined,
      ];
    });
    for (const index of [0, 1, 2]) {
      expect(new Set(results.map((result) => result[index]))).toEqual(both);
    }
  });

  test("reads are never late", async () => {
    const simulation = createSimulation({ seed: 1, faults: { late: 1, duplicate: 1 } });
    expect(await inRun(simulation, ({ store }) => codeOf(store.refs.read(key)))).toBe("resolved");
    expect(simulation.trace.faults().size).toBe(0);
  });
});

describe("duplicate", () => {
  test("a write happens once more, also when its caller has finished", async () => {
    const results = await underSeeds(
      40,
      always("duplicate", "blobs.putNew"),
      async (simulation) => {
        await inRun(simulation, async ({ store }) => {
          await store.blobs.putNew(key, old);
          expect(await simulation.memory.blobs.get(key)).toEqual(old);
          await store.blobs.deleteMany([key]);
        });
        const copies = simulation.trace.events().filter(({ orphan }) => orphan === "duplicate");
        expect(copies.map(({ result }) => result)).toEqual(["1 bytes"]);
        return (await simulation.memory.blobs.get(key)) !== undefined;
      },
    );
    // The copy brings back what was deleted, unless it comes before the delete.
    expect(new Set(results)).toEqual(both);
  });

  test("the copy of a delayed write may surface late all the same", async () => {
    const options: Omit<SimulationOptions, "seed"> = {
      faultsFor: ({ operation }) =>
        operation === "blobs.putNew" ? { delay: 1, duplicate: 1 } : undefined,
    };
    const results = await underSeeds(20, options, async (simulation) => {
      await simulation.run([
        [simulation.actor("ann"), ({ store }) => codeOf(store.blobs.putNew(key, old))],
        [simulation.actor("bob"), readOften],
      ]);
      const events = simulation.trace.events();
      const step = (kind: "fault" | "orphan"): number =>
        events.find((event) => event[kind] === "duplicate")?.step ?? 0;
      return step("orphan") - step("fault") > 50;
    });
    expect(new Set(results)).toEqual(both);
  });

  test("the copy of a compare-and-set meets another token", async () => {
    const simulation = createSimulation({ seed: 1, ...always("duplicate", "refs.compareAndSet") });
    await inRun(simulation, async ({ store }) => {
      const created = await store.refs.compareAndSet(key, undefined, old);
      expect(created).toEqual({ swapped: true, token: "1" });
      if (created.swapped) await store.refs.compareAndSet(key, created.token, next);
    });
    expect(simulation.trace.text()).toContain("(duplicate): not swapped, expected absent");
    expect((await simulation.memory.refs.read(key))?.value).toEqual(next);
  });
});

describe("delay", () => {
  test("other steps happen meanwhile, at most as many as allowed", async () => {
    const others: number[] = [];
    for (const maxDelaySteps of [1, 16]) {
      const counts = await underSeeds(
        40,
        {
          maxDelaySteps,
          faultsFor: ({ actor, operation }) =>
            actor === "ann" && operation !== "sleep" ? { delay: 1 } : undefined,
        },
        async (simulation) => {
          await simulation.run([
            [simulation.actor("ann"), ({ store }) => codeOf(store.refs.read(key))],
            [simulation.actor("bob"), readOften],
          ]);
          const held = simulation.trace.events().find(({ fault }) => fault === "delay");
          const steps = Number(/#(\d+)/.exec(held?.result ?? "")?.[1]) - (held?.step ?? 0);
          const done = simulation.trace
            .events()
            .find(
              ({ actor, action, fault }) => actor === "ann" && action === "refs.read" && !fault,
            );
          expect(done?.step).toBeGreaterThan((held?.step ?? 0) + steps);
          return steps;
        },
      );
      others.push(Math.min(...counts), Math.max(...counts));
    }
    expect(others).toEqual([1, 1, 1, 16]);
  });
});

describe("deleteMany is not atomic", () => {
  const keys = Array.from({ length: 8 }, (_, index) => toKey(`k${index}`));

  async function left(kind: FaultKind): Promise<readonly number[]> {
    return underSeeds(30, always(kind, "blobs.deleteMany"), async (simulation) => {
      for (const name of keys) await simulation.memory.blobs.putNew(name, old);
      let seen = keys.length;
      await simulation.run([
        [
          simulation.actor("ann"),
          async ({ store }) => {
            await codeOf(store.blobs.deleteMany(keys));
          },
        ],
        [
          simulation.actor("bob"),
          async ({ store }) => {
            for (let turn = 0; turn < 5; turn += 1) {
              const present: boolean[] = [];
              for (const name of keys) {
                present.push((await simulation.memory.blobs.get(name)) !== undefined);
              }
              const count = present.filter(Boolean).length;
              if (count > 0) seen = count;
              await store.refs.read(other);
            }
          },
        ],
      ]);
      const present: boolean[] = [];
      for (const name of keys) {
        present.push((await simulation.memory.blobs.get(name)) !== undefined);
      }
      return kind === "delay" ? seen : present.filter(Boolean).length;
    });
  }

  const isPart = (count: number): boolean => count > 0 && count < keys.length;

  test("a lost reply may leave some of the keys", async () => {
    const counts = await left("lose-reply");
    expect(counts.some(isPart)).toBe(true);
    expect(counts).toContain(0);
  });

  test("a crash may leave some of the keys, all, or none", async () => {
    const counts = await left("crash");
    expect(counts.some(isPart)).toBe(true);
    expect(counts).toContain(0);
    expect(counts).toContain(keys.length);
  });

  test("a late one may delete some of the keys, all, or none", async () => {
    const counts = await left("late");
    expect(counts.some(isPart)).toBe(true);
    expect(counts).toContain(0);
    expect(counts).toContain(keys.length);
  });

  test("others see some of the keys while it is delayed, and all go in the end", async () => {
    expect((await left("delay")).some(isPart)).toBe(true);
    const simulation = createSimulation({ seed: 1, ...always("delay", "blobs.deleteMany") });
    for (const name of keys) await simulation.memory.blobs.putNew(name, old);
    await inRun(simulation, ({ store }) => store.blobs.deleteMany(keys));
    for (const name of keys) expect(await simulation.memory.blobs.get(name)).toBeUndefined();
  });

  test("a failed one deletes nothing", async () => {
    expect(new Set(await left("fail"))).toEqual(new Set([keys.length]));
  });
});

describe("probabilities", () => {
  test("strike about as often as asked for, and are counted", async () => {
    const simulation = createSimulation({ seed: 1, faults: { fail: 0.2 } });
    await inRun(simulation, readOften);
    // 1 000 calls at 0.2: five standard deviations are 63.
    expect(simulation.trace.faults().get("fail")).toBeGreaterThan(137);
    expect(simulation.trace.faults().get("fail")).toBeLessThan(263);
  });

  test("of a step go before those of its actor, and those before the simulation's", async () => {
    const simulation = createSimulation({
      seed: 1,
      faults: { fail: 1 },
      faultsFor: ({ actor, key: name }) =>
        actor === "bob" && name === other ? { fail: 0 } : undefined,
    });
    const outcomes = await simulation.run([
      [simulation.actor("ann"), ask],
      [simulation.actor("bob"), ask],
      [simulation.actor("cid", { faults: { "lose-reply": 0 } }), ask],
    ]);
    expect(outcomes).toEqual([
      { end: "finished", value: ["unavailable safe", "unavailable safe"] },
      { end: "finished", value: ["unavailable safe", "resolved"] },
      { end: "finished", value: ["resolved", "resolved"] },
    ]);
  });

  test("outside 0 to 1 are refused", () => {
    expect(() => createSimulation({ seed: 1, faults: { fail: 1.1 } })).toThrow("from 0 to 1");
    const simulation = createSimulation({ seed: 1 });
    expect(() => simulation.actor("ann", { faults: { late: -0.1 } })).toThrow("from 0 to 1");
  });
});

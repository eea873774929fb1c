import { toKey } from "@foretile/storage";
import { expect, test } from "vitest";
import { createSimulation, type Actor } from "../src/index.ts";
import { underSeeds } from "./seeds.ts";

const key = toKey("k");
const hourMs = 3_600_000;
const startMs = Date.parse("2020-01-01T00:00:00Z");

test("sleeps end in order of their time, and the time stands still in between", async () => {
  const simulation = createSimulation({ seed: 1, startMs });
  const woken: string[] = [];
  const sleeps =
    (...durations: readonly number[]) =>
    async ({ name, clock }: Actor): Promise<void> => {
      for (const durationMs of durations) {
        await clock.sleep(durationMs);
        woken.push(`${name} ${clock.nowMs() - startMs} ${clock.monotonicMs()}`);
      }
    };
  await simulation.run([
    [simulation.actor("ann"), sleeps(30, 30)],
    [simulation.actor("bob"), sleeps(10, 10, 10)],
    [simulation.actor("cid", { clockOffsetMs: -5 }), sleeps(30)],
  ]);
  expect(woken).toEqual([
    "bob 10 10",
    "bob 20 20",
    "ann 30 30",
    "bob 30 30",
    "cid 25 30",
    "ann 60 60",
  ]);
});

/** The orders in which a call and a sleep that began together ended. */
async function ordersAt(wakeProbability: number): Promise<ReadonlySet<string>> {
  const results = await underSeeds(30, { wakeProbability }, async (simulation) => {
    const order: string[] = [];
    await simulation.run([
      [
        simulation.actor("ann"),
        async ({ clock, store }) => {
          await Promise.all([
            store.refs.read(key).finally(() => order.push("call")),
            clock.sleep(hourMs).finally(() => order.push("sleep")),
          ]);
        },
      ],
    ]);
    return order.join(" ");
  });
  return new Set(results);
}

test("time moves past pending calls as likely as asked for", async () => {
  expect(await ordersAt(0)).toEqual(new Set(["call sleep"]));
  expect(await ordersAt(1)).toEqual(new Set(["sleep call"]));
  expect(await ordersAt(0.5)).toEqual(new Set(["call sleep", "sleep call"]));
});

test("an aborted sleep rejects with the signal's reason and moves no time", async () => {
  const simulation = createSimulation({ seed: 1 });
  const reason = new Error("enough");
  await simulation.run([
    [
      simulation.actor("ann"),
      async ({ clock, store }) => {
        const controller = new AbortController();
        const sleeping = clock.sleep(hourMs, controller.signal);
        controller.abort(reason);
        await expect(sleeping).rejects.toBe(reason);
        await expect(clock.sleep(1, AbortSignal.abort(reason))).rejects.toBe(reason);
        await store.refs.read(key);
        expect(clock.monotonicMs()).toBe(0);
      },
    ],
  ]);
});

test("a sleep into the past moves no time", async () => {
  const simulation = createSimulation({ seed: 1 });
  const elapsedMs: number[] = [];
  await simulation.run([
    [
      simulation.actor("ann"),
      async ({ clock }) => {
        for (const durationMs of [5, -3, 0]) {
          await clock.sleep(durationMs);
          elapsedMs.push(clock.monotonicMs());
        }
      },
    ],
  ]);
  expect(elapsedMs).toEqual([5, 5, 5]);
});

test("a sleep without end never ends, and does not keep the others from ending", async () => {
  const stuck = createSimulation({ seed: 1 });
  await expect(
    stuck.run([[stuck.actor("ann"), ({ clock }) => clock.sleep(Number.POSITIVE_INFINITY)]]),
  ).rejects.toMatchObject({ code: "stuck" });

  const simulation = createSimulation({ seed: 1 });
  const [outcome] = await simulation.run([
    [
      simulation.actor("ann"),
      ({ clock }) => Promise.race([clock.sleep(Number.POSITIVE_INFINITY), clock.sleep(20)]),
    ],
  ]);
  expect(outcome?.end).toBe("finished");
});

test("a wall clock is off and jumps within its bounds, the monotonic one never goes back", async () => {
  const simulation = createSimulation({ seed: 1, startMs });
  const jumping = simulation.actor("ann", {
    clockOffsetMs: 1_000,
    clockJumps: { probability: 0.3, maxMs: 2 * hourMs },
  });
  const steady = simulation.actor("bob", { clockOffsetMs: -1_000 });
  const offs: number[] = [];
  await simulation.run([
    [
      jumping,
      async ({ clock, store }) => {
        let beforeMs = clock.monotonicMs();
        for (let turn = 0; turn < 200; turn += 1) {
          await (turn % 2 === 0 ? store.refs.read(key) : clock.sleep(1.5));
          const elapsedMs = clock.monotonicMs();
          expect(elapsedMs).toBeGreaterThanOrEqual(beforeMs);
          beforeMs = elapsedMs;
          offs.push(clock.nowMs() - startMs - Math.floor(elapsedMs) - 1_000);
          expect(Number.isSafeInteger(clock.nowMs())).toBe(true);
          expect(steady.clock.nowMs()).toBe(startMs + Math.floor(elapsedMs) - 1_000);
        }
      },
    ],
  ]);
  expect(Math.max(...offs)).toBeGreaterThan(hourMs);
  expect(Math.min(...offs)).toBeLessThan(-hourMs);
  expect(Math.max(...offs.map(Math.abs))).toBeLessThanOrEqual(2 * hourMs);
  const changes = offs.filter((off, index) => off !== (offs[index - 1] ?? 0)).length;
  // 200 steps at 0.3: five standard deviations are 33.
  expect(changes).toBeGreaterThan(27);
  expect(changes).toBeLessThan(93);
});

import { getEventListeners } from "node:events";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createLimiter } from "../src/index.ts";

/** An operation that runs until it is told to end. */
function held(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const operation = async (): Promise<void> => {
    log.push(`start ${name}`);
    await promise;
    log.push(`end ${name}`);
  };
  return { operation, end: resolve };
}

test("calls beyond the capacity wait their turn", async () => {
  const limiter = createLimiter({ capacity: 2 });
  const log: string[] = [];
  const [a, b, c] = [held(log, "a"), held(log, "b"), held(log, "c")];
  const all = [a, b, c].map(({ operation }) => limiter.run(operation));
  await Promise.resolve();
  expect(log).toEqual(["start a", "start b"]);
  b.end();
  await all[1];
  a.end();
  c.end();
  await Promise.all(all);
  expect(log).toEqual(["start a", "start b", "end b", "start c", "end a", "end c"]);
});

test("a heavy call is not overtaken by light ones and runs alone", async () => {
  const limiter = createLimiter({ capacity: 10 });
  const log: string[] = [];
  const [light, heavy, later] = [held(log, "light"), held(log, "heavy"), held(log, "later")];
  const all = [
    limiter.run(light.operation, { weight: 1 }),
    limiter.run(heavy.operation, { weight: 1_000 }),
    limiter.run(later.operation, { weight: 1 }),
  ];
  light.end();
  await all[0];
  heavy.end();
  await all[1];
  later.end();
  await all[2];
  expect(log).toEqual([
    "start light",
    "end light",
    "start heavy",
    "end heavy",
    "start later",
    "end later",
  ]);
});

test("a larger capacity lets waiting calls in, a smaller one lets no more in than it has room for", async () => {
  const limiter = createLimiter({ capacity: 2 });
  const log: string[] = [];
  const calls = ["a", "b", "c", "d", "e"].map((name) => held(log, name));
  const all = calls.map(({ operation }) => limiter.run(operation));
  await Promise.resolve();
  limiter.resize(3);
  await Promise.resolve();
  expect(log).toEqual(["start a", "start b", "start c"]);
  limiter.resize(1);
  calls[0]?.end();
  await all[0];
  calls[1]?.end();
  await all[1];
  expect(log).toEqual(["start a", "start b", "start c", "end a", "end b"]);
  for (const call of calls) call.end();
  await Promise.all(all);
  expect(log.slice(5)).toEqual(["end c", "start d", "end d", "start e", "end e"]);
});

test("a heavy call that came before the capacity shrank runs alone", async () => {
  const limiter = createLimiter({ capacity: 10 });
  const log: string[] = [];
  const [light, heavy] = [held(log, "light"), held(log, "heavy")];
  const all = [limiter.run(light.operation), limiter.run(heavy.operation, { weight: 10 })];
  limiter.resize(2);
  light.end();
  heavy.end();
  await Promise.all(all);
  expect(log).toEqual(["start light", "end light", "start heavy", "end heavy"]);
});

test("an abort ends the waiting and lets those behind it in", async () => {
  const limiter = createLimiter({ capacity: 2 });
  const log: string[] = [];
  const controller = new AbortController();
  const reason = new Error("enough");
  const running = held(log, "running");
  const first = limiter.run(running.operation);
  const heavy = limiter.run(async () => log.push("never"), {
    weight: 2,
    signal: controller.signal,
  });
  const behind = limiter.run(async () => log.push("behind"));
  const settled = Promise.allSettled([heavy]);
  controller.abort(reason);
  expect(await settled).toEqual([{ status: "rejected", reason }]);
  await behind;
  running.end();
  await first;
  expect(log).toEqual(["start running", "behind", "end running"]);
  await expect(limiter.run(async () => 1, { signal: controller.signal })).rejects.toBe(reason);
});

test("a full queue refuses", async () => {
  const limiter = createLimiter({ capacity: 1, maxQueued: 1 });
  const running = held([], "running");
  const all = [limiter.run(running.operation), limiter.run(async () => {})];
  await expect(limiter.run(async () => {})).rejects.toMatchObject({
    name: "ResilienceError",
    code: "queue-full",
    retry: "safe",
  });
  running.end();
  await Promise.all(all);
  expect(await limiter.run(async () => "room again")).toBe("room again");
});

test("a light call that queues behind a heavy one counts as waiting", async () => {
  const limiter = createLimiter({ capacity: 2, maxQueued: 1 });
  const running = held([], "running");
  const first = limiter.run(running.operation);
  const heavy = limiter.run(async () => {}, { weight: 2 });
  await expect(limiter.run(async () => {})).rejects.toMatchObject({ code: "queue-full" });
  running.end();
  await Promise.all([first, heavy]);
});

test("a call that got in no longer listens to its signal", async () => {
  const limiter = createLimiter({ capacity: 1 });
  const { signal } = new AbortController();
  await limiter.run(async () => {}, { signal });
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("property: the capacity is never exceeded, failures free it, and everything runs", async () => {
  const calls = fc.array(
    fc.record({ weight: fc.integer({ min: 1, max: 7 }), fails: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 1, max: 5 }),
      calls,
      async (scheduler, capacity, list) => {
        const limiter = createLimiter({ capacity });
        let running = 0;
        let most = 0;
        const all = list.map(({ weight, fails }) =>
          limiter.run(
            async () => {
              running += Math.min(weight, capacity);
              most = Math.max(most, running);
              await scheduler.schedule(Promise.resolve());
              running -= Math.min(weight, capacity);
              if (fails) throw new Error("fails");
            },
            { weight },
          ),
        );
        const settled = Promise.allSettled(all);
        await scheduler.waitFor(settled);
        expect(most).toBeLessThanOrEqual(capacity);
        expect((await settled).map(({ status }) => status)).toEqual(
          list.map(({ fails }) => (fails ? "rejected" : "fulfilled")),
        );
      },
    ),
  );
});

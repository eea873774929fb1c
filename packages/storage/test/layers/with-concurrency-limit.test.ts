import { createSeededRandom, createVirtualClock } from "@foretile/testkit";
import { expect, test } from "vitest";
import { toKey } from "../../src/index.ts";
import { withConcurrencyLimit, withFaults } from "../../src/layers/index.ts";
import { openMemoryStore } from "../../src/memory/index.ts";

const value = new Uint8Array([1]);
const keys = Array.from({ length: 10 }, (_, index) => toKey(`k${index}`));

/** A store whose calls take 100 ms of virtual time each: sleepers are calls under way. */
function open(limits: { readonly maxConcurrent: number; readonly maxQueued?: number }) {
  const clock = createVirtualClock({ startMs: 0 });
  const slow = withFaults(openMemoryStore(), {
    clock,
    random: createSeededRandom(1),
    rules: [{ fault: { type: "delay", delayMs: 100 } }],
  });
  return { clock, store: withConcurrencyLimit(slow, limits) };
}

test("never more calls are under way than allowed, and all get their turn", async () => {
  const { clock, store } = open({ maxConcurrent: 3 });
  const all = Promise.all(keys.map((key) => store.blobs.putNew(key, value)));
  const underWay: number[] = [];
  for (let elapsedMs = 0; elapsedMs < 400; elapsedMs += 100) {
    await clock.advance(1);
    underWay.push(clock.sleeperCount());
    await clock.advance(99);
  }
  await all;
  expect(underWay).toEqual([3, 3, 3, 1]);
});

test("a call beyond the queue is refused and may be repeated", async () => {
  const { clock, store } = open({ maxConcurrent: 1, maxQueued: 1 });
  const settled = Promise.allSettled(keys.slice(0, 3).map((key) => store.blobs.putNew(key, value)));
  await clock.advance(1_000);
  expect(await settled).toMatchObject([
    { status: "fulfilled" },
    { status: "fulfilled" },
    { status: "rejected", reason: { name: "StorageError", code: "unavailable", retry: "safe" } },
  ]);
});

test("an abort while waiting ends the call with aborted", async () => {
  const { clock, store } = open({ maxConcurrent: 1 });
  const controller = new AbortController();
  const { signal } = controller;
  const first = store.blobs.putNew(toKey("a"), value);
  const settled = Promise.allSettled([store.blobs.putNew(toKey("b"), value, { signal })]);
  await clock.advance(1);
  controller.abort();
  expect(await settled).toMatchObject([{ status: "rejected", reason: { code: "aborted" } }]);
  await clock.advance(100);
  await first;
});

test("a listing keeps nobody waiting between its batches", async () => {
  const store = withConcurrencyLimit(openMemoryStore(), { maxConcurrent: 1 });
  for (const key of keys) await store.blobs.putNew(key, value);
  const read: unknown[] = [];
  for await (const batch of store.blobs.list({}, { batchSize: 4 })) {
    for (const { key } of batch) read.push(await store.blobs.get(key));
  }
  expect(read).toHaveLength(10);
});

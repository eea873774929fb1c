import { createSeededRandom, createVirtualClock } from "@foretile/testkit";
import { expect, test } from "vitest";
import { toKey, type Store } from "../../src/index.ts";
import { withDeadline, withFaults } from "../../src/layers/index.ts";
import { openMemoryStore } from "../../src/memory/index.ts";

const key = toKey("key");
const value = new Uint8Array([1]);

/** A store whose calls take 100 ms of virtual time, and may take `timeoutMs`. */
function open(timeoutMs: number) {
  const memory = openMemoryStore();
  const clock = createVirtualClock({ startMs: 0 });
  const slow = withFaults(memory, {
    clock,
    random: createSeededRandom(1),
    rules: [{ fault: { type: "delay", delayMs: 100 } }],
  });
  return { clock, memory, store: withDeadline(slow, { clock, timeoutMs }) };
}

test("a call in time is left alone", async () => {
  const { clock, store } = open(101);
  const putting = store.blobs.putNew(key, value);
  await clock.advance(100);
  await putting;
  expect(clock.sleeperCount()).toBe(0);
});

test("a late read is safe to repeat, a late write of unknown outcome", async () => {
  const { clock, store } = open(99);
  const settled = Promise.allSettled([
    store.blobs.get(key),
    store.blobs.putNew(key, value),
    store.refs.compareAndSet(key, undefined, value),
    store.blobs.list({})[Symbol.asyncIterator]().next(),
  ]);
  await clock.advance(99);
  const expected = ["safe", "unknown-outcome", "unknown-outcome", "safe"].map((retry) => ({
    status: "rejected",
    reason: { name: "StorageError", code: "timeout", retry },
  }));
  expect(await settled).toMatchObject(expected);
});

test("late rows have their failure as status", async () => {
  const { clock, store } = open(99);
  const mutations = [{ type: "delete-row" } as const];
  const mutating = store.table("t").mutateRows([
    { key, mutations },
    { key: toKey("other"), mutations },
  ]);
  await clock.advance(99);
  expect(await mutating).toMatchObject([
    { key: "key", ok: false, error: { code: "timeout", retry: "unknown-outcome" } },
    { key: "other", ok: false, error: { code: "timeout", retry: "unknown-outcome" } },
  ]);
});

test("the call below is told by its signal", async () => {
  const { clock, memory, store } = open(99);
  const settled = Promise.allSettled([
    store.blobs.putNew(key, value),
    store.blobs.list({})[Symbol.asyncIterator]().next(),
  ]);
  await clock.advance(98);
  expect(clock.sleeperCount()).toBe(4);
  await clock.advance(1);
  expect(clock.sleeperCount()).toBe(0);
  await settled;
  expect(await memory.blobs.get(key)).toBeUndefined();
});

test("a call that never ends and does not listen is left behind, also by a listing", async () => {
  const memory = openMemoryStore();
  const never = new Promise<never>(() => {});
  const deaf: Store = {
    ...memory,
    blobs: {
      ...memory.blobs,
      get: () => never,
      list: async function* () {
        await never;
        yield [];
      },
    },
  };
  const clock = createVirtualClock({ startMs: 0 });
  const store = withDeadline(deaf, { clock, timeoutMs: 99 });
  const settled = Promise.allSettled([
    store.blobs.get(key),
    store.blobs.list({})[Symbol.asyncIterator]().next(),
  ]);
  await clock.advance(1_000);
  expect(await settled).toMatchObject([
    { status: "rejected", reason: { code: "timeout" } },
    { status: "rejected", reason: { code: "timeout" } },
  ]);
});

test("each batch of a listing has a deadline of its own", async () => {
  const { clock, memory, store } = open(150);
  for (const name of ["a", "b", "c"]) await memory.blobs.putNew(toKey(name), value);
  const batches = store.blobs.list({}, { batchSize: 1 })[Symbol.asyncIterator]();
  for (const name of ["a", "b", "c"]) {
    const batch = batches.next();
    await clock.advance(100);
    expect(await batch).toEqual({ done: false, value: [{ key: name, length: 1 }] });
  }
});

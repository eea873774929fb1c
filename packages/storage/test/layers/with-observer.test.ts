import { createSeededRandom, createVirtualClock } from "@foretile/testkit";
import { expect, test } from "vitest";
import { toKey } from "../../src/index.ts";
import {
  createCallCounter,
  withFaults,
  withObserver,
  type StoreEvent,
} from "../../src/layers/index.ts";
import { openMemoryStore } from "../../src/memory/index.ts";
import { readAll } from "./read-all.ts";

const clock = createVirtualClock({ startMs: 0 });
const key = toKey("key");
const five = new Uint8Array(5);
const set = {
  type: "set-cell",
  family: "f",
  qualifier: "q",
  timestampMicros: 0,
  value: five,
} as const;

function open() {
  const events: StoreEvent[] = [];
  const store = withObserver(openMemoryStore(), { clock, observe: (event) => events.push(event) });
  const lines = (): readonly string[] =>
    events.map(
      ({ operation, key: name, bytesWritten, bytesRead, outcome }) =>
        `${operation} ${name} +${bytesWritten} -${bytesRead} ${outcome}`,
    );
  return { store, lines };
}

test("every call on blobs and refs is told with its key and bytes", async () => {
  const { store, lines } = open();
  await store.blobs.putNew(key, five);
  await store.blobs.get(key);
  await store.blobs.get(key, { range: { offset: 3, length: 9 } });
  await store.blobs.get(toKey("missing"));
  await readAll(store.blobs.list({ gte: "k" }));
  await store.blobs.deleteMany([key, toKey("other")]);
  await store.refs.compareAndSet(key, undefined, five);
  await store.refs.read(key);
  await readAll(store.refs.list({}));
  expect(lines()).toEqual([
    "blobs.putNew key +5 -0 ok",
    "blobs.get key +0 -5 ok",
    "blobs.get key +0 -2 ok",
    "blobs.get missing +0 -0 ok",
    "blobs.list k +0 -0 ok",
    "blobs.list k +0 -0 ok",
    "blobs.deleteMany key +0 -0 ok",
    "refs.compareAndSet key +5 -0 ok",
    "refs.read key +0 -5 ok",
    "refs.list undefined +0 -5 ok",
    "refs.list undefined +0 -0 ok",
  ]);
});

test("every call on rows is told with its key and bytes", async () => {
  const { store, lines } = open();
  const rows = store.table("t");
  await rows.setFamily("f", {});
  await rows.families();
  await rows.mutateRows([
    {
      key,
      mutations: [set, { ...set, qualifier: "r" }, { type: "delete-family", family: "f" }, set],
    },
    { key: toKey("other"), mutations: [set] },
  ]);
  await rows.checkAndMutateRow({
    key,
    predicate: { family: "f", qualifier: "q" },
    onMatch: [set],
  });
  await readAll(rows.readRows({ ranges: [{ gte: "a" }] }));
  expect(lines()).toEqual([
    "rows.setFamily undefined +0 -0 ok",
    "rows.families undefined +0 -0 ok",
    "rows.mutateRows key +20 -0 ok",
    "rows.checkAndMutateRow key +5 -0 ok",
    "rows.readRows a +0 -10 ok",
    "rows.readRows a +0 -0 ok",
  ]);
});

test("failures are told with their code, of rows with that of the first", async () => {
  const { store, lines } = open();
  const range = { offset: -1, length: 1 };
  await expect(store.blobs.get(key, { range })).rejects.toThrow("offset");
  await store.table("t").mutateRows([{ key, mutations: [set] }]);
  expect(lines()).toEqual([
    "blobs.get key +0 -0 invalid-argument",
    "rows.mutateRows key +5 -0 invalid-argument",
  ]);
});

test("durations are taken from the clock", async () => {
  const events: StoreEvent[] = [];
  const slow = withFaults(openMemoryStore(), {
    clock,
    random: createSeededRandom(1),
    rules: [{ fault: { type: "delay", delayMs: 40 } }],
  });
  const store = withObserver(slow, { clock, observe: (event) => events.push(event) });
  const getting = store.blobs.get(key);
  await clock.advance(100);
  await getting;
  expect(events[0]?.durationMs).toBe(40);
});

test("a counter sums up and starts again", async () => {
  const counter = createCallCounter();
  const store = withObserver(openMemoryStore(), { clock, observe: counter.observe });
  await store.blobs.putNew(key, five);
  await expect(store.blobs.putNew(key, new Uint8Array(6))).rejects.toThrow("other bytes");
  await store.blobs.get(key);
  const before = counter.totals();
  expect(Object.fromEntries(before)).toEqual({
    "blobs.putNew": { calls: 2, failures: 1, bytesWritten: 11, bytesRead: 0 },
    "blobs.get": { calls: 1, failures: 0, bytesWritten: 0, bytesRead: 5 },
  });
  counter.reset();
  expect(counter.totals().size).toBe(0);
  expect(before.size).toBe(2);
});

import { createInstantClock, createSeededRandom, createVirtualClock } from "@foretile/testkit";
import { expect, test } from "vitest";
import { StorageError, toKey, type Store } from "../../src/index.ts";
import {
  createCallCounter,
  withFaults,
  withObserver,
  withRetry,
  type FaultRule,
} from "../../src/layers/index.ts";
import { openMemoryStore } from "../../src/memory/index.ts";
import { readAll } from "./read-all.ts";

const clock = createInstantClock({ startMs: 0 });
const key = toKey("key");
const value = new Uint8Array([1, 2, 3]);

/** A retrying store above a faulty one, with a counter in between that sees every attempt. */
function open(rules: readonly FaultRule[], maxAttempts = 4) {
  const counter = createCallCounter();
  const faulty = withFaults(openMemoryStore(), { clock, random: createSeededRandom(1), rules });
  const observed = withObserver(faulty, { clock, observe: counter.observe });
  const store = withRetry(observed, { clock, random: createSeededRandom(2), maxAttempts });
  const attempts = (): Record<string, number> =>
    Object.fromEntries([...counter.totals()].map(([name, { calls }]) => [name, calls]));
  return { store, observed, attempts };
}

async function putMany(store: Store, count: number): Promise<readonly string[]> {
  const keys = Array.from({ length: count }, (_, index) => toKey(`k${index}`));
  for (const name of keys) await store.blobs.putNew(name, value);
  return keys;
}

test("a put whose reply was lost is repeated", async () => {
  const { store, attempts } = open([
    { fault: { type: "lose-reply" }, operations: ["blobs.putNew"], nth: 1 },
  ]);
  await store.blobs.putNew(key, value);
  expect(await store.blobs.get(key)).toEqual(value);
  expect(attempts()).toEqual({ "blobs.putNew": 2, "blobs.get": 1 });
});

test("a swap whose reply was lost is not repeated and says so", async () => {
  const { store, attempts } = open([
    { fault: { type: "lose-reply" }, operations: ["refs.compareAndSet"] },
  ]);
  await expect(store.refs.compareAndSet(key, undefined, value)).rejects.toMatchObject({
    code: "unavailable",
    retry: "unknown-outcome",
  });
  expect((await store.refs.read(key))?.value).toEqual(value);
  expect(attempts()).toEqual({ "refs.compareAndSet": 1, "refs.read": 1 });
});

test("a conditional mutation whose reply was lost is not repeated", async () => {
  const { store, attempts } = open([
    { fault: { type: "lose-reply" }, operations: ["rows.checkAndMutateRow"] },
  ]);
  const rows = store.table("t");
  await rows.setFamily("f", {});
  const mutation = {
    key,
    predicate: { family: "f", qualifier: "q" },
    onNoMatch: [
      { type: "set-cell", family: "f", qualifier: "q", timestampMicros: 0, value } as const,
    ],
  };
  await expect(rows.checkAndMutateRow(mutation)).rejects.toMatchObject({
    retry: "unknown-outcome",
  });
  expect(attempts()).toEqual({ "rows.setFamily": 1, "rows.checkAndMutateRow": 1 });
});

test("a swap that never happened is repeated", async () => {
  const { store, attempts } = open([
    { fault: { type: "fail" }, operations: ["refs.compareAndSet"], nth: 1 },
  ]);
  expect((await store.refs.compareAndSet(key, undefined, value)).swapped).toBe(true);
  expect(attempts()).toEqual({ "refs.compareAndSet": 2 });
});

test("a failure for good is not repeated", async () => {
  const error = new StorageError("full", "no room");
  const { store, attempts } = open([{ fault: { type: "fail", error: () => error } }]);
  await expect(store.blobs.putNew(key, value)).rejects.toMatchObject({ code: "full" });
  expect(attempts()).toEqual({ "blobs.putNew": 1 });
});

test("only the failed rows are sent again, and statuses keep their order", async () => {
  const sent: (readonly string[])[] = [];
  const memory = openMemoryStore();
  const spied: Store = {
    ...memory,
    table: (name) => {
      const rows = memory.table(name);
      return {
        ...rows,
        mutateRows: (mutations, options) => {
          sent.push(mutations.map((row) => row.key));
          return rows.mutateRows(mutations, options);
        },
      };
    },
  };
  const faulty = withFaults(spied, {
    clock,
    random: createSeededRandom(1),
    rules: [
      { fault: { type: "fail" }, keyPrefix: "b", nth: 1 },
      { fault: { type: "lose-reply" }, keyPrefix: "d", nth: 1 },
      { fault: { type: "lose-reply" }, keyPrefix: "d", nth: 1 },
    ],
  });
  const store = withRetry(faulty, { clock, random: createSeededRandom(2) });
  const rows = store.table("t");
  await rows.setFamily("f", {});
  const statuses = await rows.mutateRows(
    ["a", "b", "c", "d"].map((name) => ({
      key: toKey(name),
      mutations: [
        {
          type: "set-cell",
          family: name === "c" ? "nope" : "f",
          qualifier: "q",
          timestampMicros: 0,
          value,
        },
      ],
    })),
  );
  expect(statuses.map((status) => `${status.key} ${status.ok}`)).toEqual([
    "a true",
    "b true",
    "c false",
    "d true",
  ]);
  expect(sent).toEqual([["a", "c", "d"], ["b", "d"], ["d"]]);
});

test("rows that fail to the end keep their last error, the others stay done", async () => {
  const { store, attempts } = open([{ fault: { type: "fail" }, keyPrefix: "b" }], 3);
  const rows = store.table("t");
  await rows.setFamily("f", {});
  const set = { type: "set-cell", family: "f", qualifier: "q", timestampMicros: 0, value } as const;
  const mutations = ["a", "b1", "b2"].map((name) => ({ key: toKey(name), mutations: [set] }));
  const outer = withRetry(store, { clock, random: createSeededRandom(3) });
  const [a, ...failed] = await outer.table("t").mutateRows(mutations);
  expect(a).toEqual({ key: "a", ok: true });
  expect(failed).toMatchObject(
    ["b1", "b2"].map((name) => ({
      key: name,
      ok: false,
      error: { code: "unavailable", retry: "safe" },
    })),
  );
  expect(attempts()["rows.mutateRows"]).toBe(3);
});

test("a listing goes on behind the last key it gave", async () => {
  const { store, attempts } = open([
    { fault: { type: "lose-reply" }, operations: ["blobs.list"], nth: 2 },
    { fault: { type: "fail" }, operations: ["blobs.list"], nth: 4 },
  ]);
  const keys = await putMany(store, 9);
  const entries = await readAll(store.blobs.list({}, { batchSize: 3 }));
  expect(entries.map((entry) => entry.key)).toEqual(keys);
  // Three full batches, the empty end, and the two that failed.
  expect(attempts()["blobs.list"]).toBe(6);
});

test("reading rows goes on with what is left of the selection and of the limit", async () => {
  const { store } = open(
    [{ fault: { type: "lose-reply" }, operations: ["rows.readRows"], probability: 0.5 }],
    30,
  );
  const rows = store.table("t");
  await rows.setFamily("f", {});
  const set = { type: "set-cell", family: "f", qualifier: "q", timestampMicros: 0, value } as const;
  const keys = Array.from({ length: 10 }, (_, index) => toKey(`k${index}`));
  await rows.mutateRows(keys.map((name) => ({ key: name, mutations: [set] })));
  const selection = {
    keys: [toKey("k9"), toKey("k0")],
    ranges: [{ gte: "k4", lt: "k8" }, { lt: "k3" }],
  };
  const expected = ["k0", "k1", "k2", "k4", "k5", "k6", "k7", "k9"];
  for (let limit = 1; limit <= 9; limit += 1) {
    const read = await readAll(rows.readRows(selection, { limit, batchSize: 2 }));
    expect(read.map((row) => row.key)).toEqual(expected.slice(0, limit));
  }
});

test("two retry layers do not multiply their attempts", async () => {
  const { store, attempts } = open([{ fault: { type: "lose-reply" } }], 3);
  const outer = withRetry(store, { clock, random: createSeededRandom(3), maxAttempts: 5 });
  await expect(outer.blobs.putNew(key, value)).rejects.toMatchObject({
    code: "unavailable",
    retry: "unknown-outcome",
  });
  await expect(outer.blobs.list({})[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: "unavailable",
  });
  expect(attempts()).toEqual({ "blobs.putNew": 3, "blobs.list": 3 });
});

test("an abort during a wait ends the call with aborted", async () => {
  const waiting = createVirtualClock({ startMs: 0 });
  const faulty = withFaults(openMemoryStore(), {
    clock,
    random: createSeededRandom(1),
    rules: [{ fault: { type: "fail" } }],
  });
  const store = withRetry(faulty, { clock: waiting, random: createSeededRandom(1) });
  const controller = new AbortController();
  const { signal } = controller;
  const deletion = { key, mutations: [{ type: "delete-row" } as const] };
  const settled = Promise.allSettled([
    store.blobs.get(key, { signal }),
    store.table("t").mutateRows([deletion], { signal }),
  ]);
  await waiting.advance(0);
  expect(waiting.sleeperCount()).toBe(2);
  const cause = new Error("enough");
  controller.abort(cause);
  const aborted = { status: "rejected", reason: { name: "StorageError", code: "aborted", cause } };
  expect(await settled).toMatchObject([aborted, aborted]);
  expect(waiting.sleeperCount()).toBe(0);
});

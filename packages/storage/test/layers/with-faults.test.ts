import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StorageError, toKey } from "../../src/index.ts";
import { withFaults, type FaultRule } from "../../src/layers/index.ts";
import { openMemoryStore } from "../../src/memory/index.ts";

const value = new Uint8Array([1]);
const keys = Array.from({ length: 20 }, (_, index) => toKey(`${index < 10 ? "a" : "b"}${index}`));

function open(rules: readonly FaultRule[], seed = 1) {
  const clock = createInstantClock({ startMs: 0 });
  const memory = openMemoryStore();
  const store = withFaults(memory, { clock, random: createSeededRandom(seed), rules });
  const put = async (): Promise<readonly string[]> => {
    const failed: string[] = [];
    for (const key of keys) {
      await store.blobs.putNew(key, value).catch(() => failed.push(key));
    }
    return failed;
  };
  return { clock, memory, store, put };
}

test("a failed call has not happened, a lost reply has", async () => {
  const { memory, store } = open([
    { fault: { type: "fail" }, keyPrefix: "a" },
    { fault: { type: "lose-reply" }, keyPrefix: "b" },
  ]);
  await expect(store.blobs.putNew(toKey("a"), value)).rejects.toMatchObject({ retry: "safe" });
  await expect(store.blobs.putNew(toKey("b"), value)).rejects.toMatchObject({
    retry: "unknown-outcome",
  });
  await expect(store.blobs.get(toKey("b"))).rejects.toMatchObject({ retry: "safe" });
  expect(await memory.blobs.get(toKey("a"))).toBeUndefined();
  expect(await memory.blobs.get(toKey("b"))).toEqual(value);
});

test("rules choose by operation, key prefix and number", async () => {
  const fail = { type: "fail" } as const;
  expect(await open([{ fault: fail, operations: ["blobs.get"] }]).put()).toEqual([]);
  expect(await open([{ fault: fail, keyPrefix: "b", nth: 3 }]).put()).toEqual(["b12"]);
  expect(await open([{ fault: fail, keyPrefix: "a", probability: 0 }]).put()).toEqual([]);
  const both = [
    { fault: fail, nth: 2 },
    { fault: fail, nth: 2 },
  ];
  // The second rule is not asked about the call that the first one struck.
  expect(await open(both).put()).toEqual(["a1", "a2"]);
});

test("a delay passes on the clock, and an error of one's own is used", async () => {
  const { clock, store } = open([
    { fault: { type: "delay", delayMs: 30 } },
    { fault: { type: "fail", error: () => new StorageError("full", "no room") } },
  ]);
  await expect(store.refs.read(toKey("k"))).rejects.toMatchObject({ code: "full" });
  expect(clock.monotonicMs()).toBe(30);
});

test("rows are struck one by one, and malformed ones refuse the call all the same", async () => {
  const { memory, store } = open([
    { fault: { type: "fail" }, keyPrefix: "a" },
    { fault: { type: "lose-reply" }, keyPrefix: "b" },
  ]);
  const rows = store.table("t");
  const deletion = [{ type: "delete-row" } as const];
  const statuses = await rows.mutateRows(
    ["a", "b", "c"].map((name) => ({ key: toKey(name), mutations: deletion })),
  );
  expect(statuses).toMatchObject([
    { key: "a", ok: false, error: { retry: "safe" } },
    { key: "b", ok: false, error: { retry: "unknown-outcome" } },
    { key: "c", ok: true },
  ]);
  await expect(rows.mutateRows([{ key: toKey("a"), mutations: [] }])).rejects.toMatchObject({
    code: "invalid-argument",
  });
  await memory.close();
});

test("property: the same seed gives the same faults, and about as many as asked for", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const rules: readonly FaultRule[] = [{ fault: { type: "fail" }, probability: 0.5 }];
      const failed = await open(rules, seed).put();
      expect(await open(rules, seed).put()).toEqual(failed);
    }),
    { numRuns: 20 },
  );
  const total = await Promise.all(
    Array.from({ length: 50 }, async (_, seed) => {
      const failed = await open([{ fault: { type: "fail" }, probability: 0.2 }], seed).put();
      return failed.length;
    }),
  );
  // 1 000 calls at 0.2: five standard deviations are 63.
  const sum = total.reduce((left, right) => left + right, 0);
  expect(sum).toBeGreaterThan(137);
  expect(sum).toBeLessThan(263);
});

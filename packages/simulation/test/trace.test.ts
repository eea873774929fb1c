import { toKey } from "@foretile/storage";
import { expect, test } from "vitest";
import { createSimulation, describeFailure } from "../src/index.ts";

const key = toKey("k");

test("the trace tells each step in a line", async () => {
  const simulation = createSimulation({
    seed: 1,
    faultsFor: ({ operation }) => (operation === "blobs.get" ? { fail: 1 } : undefined),
  });
  await simulation.run([
    [
      simulation.actor("ann"),
      async ({ store, clock, note }) => {
        await store.blobs.putNew(key, new Uint8Array(3));
        await clock.sleep(1_500);
        note("looks for it");
        await store.blobs.get(key).catch(() => {});
        await store.refs.read(key);
        const created = await store.refs.compareAndSet(key, undefined, new Uint8Array(1));
        await store.refs.compareAndSet(key, undefined, new Uint8Array(1));
        if (created.swapped) await store.refs.compareAndSet(key, created.token, undefined);
        for await (const batch of store.blobs.list({ gte: "a" })) void batch;
        await store.blobs.deleteMany([key]);
        await store.blobs.putNew(key, new Uint8Array(1));
        await store.blobs.putNew(key, new Uint8Array(2)).catch(() => {});
      },
    ],
  ]);
  expect(simulation.trace.text().split("\n")).toEqual([
    "#0 0ms ann start: ",
    "#1 0ms ann blobs.putNew k: 3 bytes",
    "#2 1500ms ann sleep: woke",
    "#2 1500ms ann note: looks for it",
    "#3 1500ms ann blobs.get k [fail]: did not happen",
    "#4 1500ms ann refs.read k: absent",
    "#5 1500ms ann refs.compareAndSet k: swapped absent for 1",
    "#6 1500ms ann refs.compareAndSet k: not swapped, expected absent",
    "#7 1500ms ann refs.compareAndSet k: swapped 1 for absent",
    "#8 1500ms ann blobs.list a: 1 entries",
    "#9 1500ms ann blobs.list a: end",
    "#10 1500ms ann blobs.deleteMany k: 1 keys",
    "#11 1500ms ann blobs.putNew k: 1 bytes",
    "#12 1500ms ann blobs.putNew k: conflict",
    "#12 1500ms ann end: finished",
  ]);
  expect(simulation.trace.faults()).toEqual(new Map([["fail", 1]]));
});

test("it keeps the newest events only", async () => {
  const simulation = createSimulation({ seed: 77, maxTraceEvents: 10 });
  await simulation.run([
    [
      simulation.actor("ann"),
      async ({ clock, note }) => {
        for (let turn = 1; turn <= 995; turn += 1) await clock.sleep(1);
        for (let turn = 1; turn <= 9; turn += 1) note(`note ${turn}`);
      },
    ],
  ]);
  const results = simulation.trace.events().map(({ result }) => result);
  expect(results).toEqual([
    ...Array.from({ length: 9 }, (_, index) => `note ${index + 1}`),
    "finished",
  ]);
  expect(simulation.trace.text(2)).toBe(
    "#995 995ms ann note: note 9\n#995 995ms ann end: finished",
  );
  expect(simulation.trace.text(0)).toBe("");
  expect(describeFailure(simulation, { lastEvents: 1 })).toBe(
    "replay with seed 77; it ended at step 995 like this:\n#995 995ms ann end: finished",
  );
});

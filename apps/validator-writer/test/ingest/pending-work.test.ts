import { setImmediate } from "node:timers/promises";

import { expect, test } from "vitest";

import { PendingWork } from "../../src/ingest/pending-work.ts";

test("work overlaps up to the bytes, then the caller waits", async () => {
  const pending = new PendingWork(10);
  const first = Promise.withResolvers<void>();
  await pending.add(6, () => first.promise);
  let started = false;
  const second = pending.add(6, async () => {
    started = true;
  });
  await setImmediate();
  expect(started).toBe(false);
  first.resolve();
  await second;
  expect(started).toBe(true);
  await pending.drain();
});

test("a failure is thrown by the next call and starts nothing more", async () => {
  const pending = new PendingWork(10);
  const failure = new Error("no room");
  await pending.add(1, () => Promise.reject(failure));
  await pending.settle();
  let started = false;
  await expect(
    pending.add(1, async () => {
      started = true;
    }),
  ).rejects.toBe(failure);
  expect(started).toBe(false);
  await expect(pending.drain()).rejects.toBe(failure);
});

test("draining waits for everything", async () => {
  const pending = new PendingWork(10);
  let done = 0;
  for (let count = 0; count < 5; count += 1) {
    await pending.add(1, async () => {
      await setImmediate();
      done += 1;
    });
  }
  await pending.drain();
  expect(done).toBe(5);
});

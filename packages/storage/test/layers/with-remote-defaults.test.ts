import { createSeededRandom, createVirtualClock } from "@foretile/testkit";
import { expect, test } from "vitest";
import { toKey } from "../../src/index.ts";
import {
  withFaults,
  withObserver,
  withRemoteDefaults,
  type StoreEvent,
} from "../../src/layers/index.ts";
import { openMemoryStore } from "../../src/memory/index.ts";

const random = createSeededRandom(1);
const key = toKey("key");

test("each attempt has a deadline of its own, and the call is repeated", async () => {
  const clock = createVirtualClock({ startMs: 0 });
  const hanging = withFaults(openMemoryStore(), {
    clock,
    random,
    rules: [{ fault: { type: "delay", delayMs: 3_600_000 } }],
  });
  const events: StoreEvent[] = [];
  const observed = withObserver(hanging, { clock, observe: (event) => events.push(event) });
  const store = withRemoteDefaults(observed, { clock, random, timeoutMs: 1_000, maxAttempts: 3 });
  const settled = Promise.allSettled([store.blobs.get(key)]);
  await clock.advance(4_000);
  expect(await settled).toMatchObject([{ status: "rejected", reason: { code: "timeout" } }]);
  await clock.advance(3_600_000);
  expect(events).toHaveLength(3);
});

test("no more calls than allowed are under way, and what waits has no deadline yet", async () => {
  const clock = createVirtualClock({ startMs: 0 });
  const slow = withFaults(openMemoryStore(), {
    clock,
    random,
    rules: [{ fault: { type: "delay", delayMs: 900 } }],
  });
  const store = withRemoteDefaults(slow, { clock, random, timeoutMs: 1_000, maxConcurrent: 2 });
  let done = 0;
  const reads = Array.from({ length: 4 }, () => store.blobs.get(key).then(() => (done += 1)));
  await clock.advance(900);
  expect(done).toBe(2);
  await clock.advance(900);
  expect(done).toBe(4);
  await Promise.all(reads);
});

import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { systemClock } from "@foretile/resilience/system";
import { describe, test } from "vitest";
import { storeConformance } from "../../src/conformance/index.ts";
import {
  createCallCounter,
  withConcurrencyLimit,
  withDeadline,
  withFaults,
  withObserver,
  withRemoteDefaults,
  withRetry,
  type StoreOperation,
} from "../../src/layers/index.ts";
import type { Store } from "../../src/index.ts";
import { openMemoryStore } from "../../src/memory/index.ts";

const startMs = Date.parse("2017-12-05T12:00:00Z");

/** After an unknown outcome a caller has to read back, so the suite, which does not, is spared it here. */
const conditional: readonly StoreOperation[] = ["refs.compareAndSet", "rows.checkAndMutateRow"];
const repeatable: readonly StoreOperation[] = [
  "blobs.putNew",
  "blobs.get",
  "blobs.deleteMany",
  "blobs.list",
  "refs.read",
  "refs.list",
  "rows.families",
  "rows.setFamily",
  "rows.readRows",
  "rows.mutateRows",
];

function withFlakyService(store: Store): Store {
  const clock = createInstantClock({ startMs });
  const random = createSeededRandom(20_171_205);
  return withFaults(store, {
    clock,
    random,
    rules: [
      { fault: { type: "delay", delayMs: 1 }, probability: 0.5 },
      { fault: { type: "lose-reply" }, operations: repeatable, probability: 0.2 },
      { fault: { type: "fail" }, operations: repeatable, probability: 0.1 },
      { fault: { type: "fail" }, operations: conditional, probability: 0.2 },
    ],
  });
}

function withPatience(store: Store): Store {
  const clock = createInstantClock({ startMs });
  return withRetry(store, { clock, random: createSeededRandom(1), maxAttempts: 20 });
}

const layers: ReadonlyMap<string, (store: Store) => Store> = new Map([
  ["withRetry", withPatience],
  ["withDeadline", (store) => withDeadline(store, { clock: systemClock, timeoutMs: 60_000 })],
  ["withConcurrencyLimit", (store) => withConcurrencyLimit(store, { maxConcurrent: 3 })],
  ["withObserver", withCounter],
  [
    "withRemoteDefaults",
    (store) => withRemoteDefaults(store, { clock: systemClock, random: createSeededRandom(1) }),
  ],
  ["withFaults without rules", (store) => withFaults(store, { ...noFaults(), rules: [] })],
  ["withFaults and withRetry", (store) => withPatience(withFlakyService(store))],
  [
    "all layers in the recommended order",
    (store) =>
      withCounter(
        withPatience(
          withConcurrencyLimit(
            withDeadline(withFlakyService(store), { clock: systemClock, timeoutMs: 60_000 }),
            { maxConcurrent: 4 },
          ),
        ),
      ),
  ],
]);

function withCounter(store: Store): Store {
  const { observe } = createCallCounter();
  return withObserver(store, { clock: createInstantClock({ startMs }), observe });
}

function noFaults() {
  return { clock: createInstantClock({ startMs }), random: createSeededRandom(1) };
}

for (const [name, layer] of layers) {
  storeConformance({ describe, test }, { name, open: async () => layer(openMemoryStore()) });
}

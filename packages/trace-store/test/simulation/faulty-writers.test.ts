import { retryAdvice } from "@foretile/resilience";
import type { Store } from "@foretile/storage";
import { withFaults, withRetry, type FaultRule } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { createLibrary, openLibrary } from "@foretile/version-store";
import { describe, expect, test } from "vitest";
import { openTraceStore, type AppendResult, type TraceStore } from "../../src/index.ts";

const seeds = Array.from({ length: 4 }, (_, index) => index + 1);

const rules: readonly FaultRule[] = [
  { fault: { type: "delay", delayMs: 3 }, probability: 0.3 },
  { fault: { type: "lose-reply" }, probability: 0.1 },
  { fault: { type: "fail" }, probability: 0.05 },
];

const WRITERS = 3;
const POSITIONS = 8;

/** A trace store over a store that fails, whose clock is hours from the others'. */
async function openFaulty(memory: Store, seed: number): Promise<TraceStore<"float32">> {
  const clock = createInstantClock({ startMs: 1_512_561_600_000 + (seed % 7) * 3_600_000 });
  const random = createSeededRandom(seed);
  const faulty = withFaults(memory, { clock, random, rules });
  const store = withRetry(faulty, {
    clock,
    random,
    maxAttempts: 5,
    initialDelayMs: 1,
    maxDelayMs: 10,
  });
  return untilTold(async () => {
    const library = await openLibrary({ store, clock, random, probe: false });
    return openTraceStore({ library, set: "test", valueType: "float32", tileSize: 4 });
  });
}

/** The same call again after every failure, as a writer would. */
async function untilTold<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (retryAdvice(error) === "never") throw error;
    }
  }
  throw new Error("was never told");
}

describe("writers on a store that fails and loses replies", () => {
  test.each(seeds)("lose nothing that was acknowledged, seed %i", async (seed) => {
    const memory = openMemoryStore();
    await createLibrary({ store: memory, probe: false });
    const writers = await Promise.all(
      Array.from({ length: WRITERS }, (_, writer) => openFaulty(memory, 100 * seed + writer)),
    );
    /** What was told last of each shared point, by the version that told it. */
    const shared = new Map<number, { version: number; value: number }>();
    await Promise.all(
      writers.map(async (traces, writer) => {
        for (let position = 0; position < POSITIONS; position += 1) {
          const result: AppendResult = await untilTold(() =>
            traces.append(position, [
              { params: { writer: String(writer) }, value: position },
              { params: { writer: "any" }, value: writer },
            ]),
          );
          const version = result.version ?? 0;
          if (version > (shared.get(position)?.version ?? 0)) {
            shared.set(position, { version, value: writer });
          }
        }
      }),
    );
    const traces = await openFaulty(memory, seed);
    const { ids, values, states } = await untilTold(() => traces.readMatrix(0, POSITIONS));
    expect(ids).toEqual([",writer=0,", ",writer=1,", ",writer=2,", ",writer=any,"]);
    expect([...states].every((state) => state === 1)).toBe(true);
    for (let writer = 0; writer < WRITERS; writer += 1) {
      expect([...values.subarray(writer * POSITIONS, (writer + 1) * POSITIONS)]).toEqual(
        Array.from({ length: POSITIONS }, (_, position) => position),
      );
    }
    const last = values.subarray(WRITERS * POSITIONS);
    for (const [position, { value }] of shared) expect(last[position]).toBe(value);
  });
});

import { retryAdvice } from "@foretile/resilience";
import type { Store } from "@foretile/storage";
import { withFaults, withRetry, type FaultRule } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { createLibrary, openLibrary } from "@foretile/version-store";
import { describe, expect, test } from "vitest";
import {
  openPredictionStore,
  requestKey,
  type Answer,
  type PredictionStore,
  type PublishResult,
} from "../../src/index.ts";
import { bitsOf, readAll, request, validAnswer, walk } from "../store/open-test-store.ts";

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);
const writers = 3;
const publications = 4;
const miners = 6;

const rules: readonly FaultRule[] = [
  { fault: { type: "delay", delayMs: 3 }, probability: 0.3 },
  { fault: { type: "lose-reply" }, probability: 0.1 },
  { fault: { type: "fail" }, probability: 0.05 },
];

/** What one writer was told. */
interface Acknowledged {
  /** The variant of each miner's answer that it published. */
  readonly variants: ReadonlyMap<number, number>;
  readonly result: PublishResult;
}

async function openFaulty(memory: Store, seed: number): Promise<PredictionStore> {
  const clock = createInstantClock({ startMs: 1_512_561_600_000 });
  const random = createSeededRandom(seed);
  const faulty = withFaults(memory, { clock, random, rules });
  const policy = { clock, random, maxAttempts: 5, initialDelayMs: 1, maxDelayMs: 10 };
  const store = withRetry(faulty, policy);
  for (;;) {
    try {
      return await openPredictionStore({ library: await openLibrary({ store, clock, random }) });
    } catch (error) {
      if (retryAdvice(error) === "never") throw error;
    }
  }
}

/** Publishes until it is acknowledged, as a validator would: the same input again after every failure. */
async function publishUntilTold(
  predictions: PredictionStore,
  answers: readonly Answer[],
): Promise<PublishResult> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    try {
      return await predictions.publish(request, answers);
    } catch (error) {
      if (retryAdvice(error) === "never") throw error;
    }
  }
  throw new Error("never acknowledged");
}

async function write(memory: Store, seed: number): Promise<readonly Acknowledged[]> {
  const predictions = await openFaulty(memory, seed);
  const draw = createSeededRandom(seed + 1000);
  const told: Acknowledged[] = [];
  for (let turn = 0; turn < publications; turn += 1) {
    const variants = new Map<number, number>();
    for (let miner = 1; miner <= miners; miner += 1) {
      if (draw.nextUint32() % 2 === 0) variants.set(miner, 1 + (draw.nextUint32() % 3));
    }
    const answers = [...variants].map(([miner, variant]) => validAnswer(miner, variant));
    told.push({ variants, result: await publishUntilTold(predictions, answers) });
  }
  return told;
}

const byVersion = (left: Acknowledged, right: Acknowledged): number =>
  left.result.version - right.result.version;

describe("writers on a store that fails and loses replies", () => {
  test.each(seeds)("lose nothing that was acknowledged, seed %i", async (seed) => {
    const memory = openMemoryStore();
    const library = await createLibrary({ store: memory });
    const told = await Promise.all(
      Array.from({ length: writers }, (_, writer) => write(memory, seed * 10 + writer)),
    );
    const predictions = await openPredictionStore({ library });
    const key = requestKey(request);

    const versions = (await predictions.listVersions(key)).toReversed();
    expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
    for (const { variants, result } of told.flat()) {
      const published = await predictions.read(key, { asOf: result.version });
      expect(published.versionHash).toBe(result.versionHash);
      const tiles = await readAll(published);
      for (const [miner, variant] of variants) {
        expect(tiles.get(miner)).toEqual(bitsOf(walk(variant)));
      }
    }
    // The newest version has, of each miner, what was published last; nobody's publication took a miner away.
    const last = new Map<number, number>();
    for (const { variants } of told.flat().toSorted(byVersion)) {
      for (const [miner, variant] of variants) last.set(miner, variant);
    }
    const newest = await readAll(await predictions.read(key));
    expect([...newest.keys()]).toEqual([...last.keys()].toSorted((left, right) => left - right));
    for (const [miner, variant] of last) {
      expect(newest.get(miner)).toEqual(bitsOf(walk(variant)));
    }
    // Each writer's own publications became visible in their order.
    for (const own of told) {
      const numbers = own.map(({ result }) => result.version);
      expect(numbers).toEqual(numbers.toSorted((left, right) => left - right));
    }
    for await (const event of predictions.verify()) expect(event.type).toBe("checked");
  });
});

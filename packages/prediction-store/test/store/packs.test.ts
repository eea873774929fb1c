import type { Store } from "@foretile/storage";
import { createCallCounter, withObserver, type CallCounter } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { createLibrary } from "@foretile/version-store";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  openPredictionStore,
  requestKey,
  stepCount,
  type Answer,
  type ForecastRequest,
  type PredictionStore,
} from "../../src/index.ts";

const MIB = 1024 * 1024;
const MINERS = 250;

/** Tiles of 194 000 bytes in four panels: 46.3 MiB in all. */
const request: ForecastRequest = {
  label: "test",
  asset: "BTC",
  startUnixSeconds: 1_512_475_200,
  timeIncrementSeconds: 300,
  timeLengthSeconds: 300 * 96,
  simulations: 500,
};
const rawBytes = request.simulations * stepCount(request) * 4 * MINERS;

/** In an order that is not that of their ids. */
function* answers(): Generator<Answer, void, undefined> {
  for (let turn = 0; turn < MINERS; turn += 1) {
    const minerId = (turn * 101) % MINERS;
    const tile = new Float32Array(request.simulations * stepCount(request)).fill(minerId + 1);
    yield { minerUid: 0, minerId, processTimeSeconds: 1, outcome: { status: "valid", tile } };
  }
}

async function openPacked(counter: CallCounter): Promise<[Store, PredictionStore]> {
  const store = openMemoryStore();
  const clock = createInstantClock({ startMs: 1_512_561_600_000 });
  const library = await createLibrary({
    store: withObserver(store, { clock, observe: counter.observe }),
    clock,
    random: createSeededRandom(1),
    composition: { placement: "packs" },
  });
  return [store, await openPredictionStore({ library, mode: "raw" })];
}

describe("a request of 250 tiles in packs", () => {
  const counter = createCallCounter();
  let predictions: PredictionStore;
  let published: { readonly puts: number | undefined; readonly refChanges: number | undefined };

  beforeAll(async () => {
    [, predictions] = await openPacked(counter);
    counter.reset();
    await predictions.publish(request, answers());
    const totals = counter.totals();
    published = {
      puts: totals.get("blobs.putNew")?.calls,
      refChanges: totals.get("refs.compareAndSet")?.calls,
    };
  });

  beforeEach(() => counter.reset());

  function gets(): { readonly calls: number; readonly bytesRead: number } {
    const { calls = 0, bytesRead = 0 } = counter.totals().get("blobs.get") ?? {};
    return { calls, bytesRead };
  }

  test("is published with four blobs: two packs, the manifest and the version", () => {
    expect(published).toEqual({ puts: 4, refChanges: 3 });
  });

  test("is read whole, as stored, with a request for each 8 MiB", async () => {
    const read = await predictions.read(requestKey(request));
    counter.reset();
    const seen = new Set<number>();
    for await (const { answer, values } of read.tiles({ order: "stored" })) {
      expect(values?.[0]).toBe(answer.minerId + 1);
      seen.add(answer.minerId);
    }
    expect(seen.size).toBe(MINERS);
    expect(gets().calls).toBe(Math.ceil(rawBytes / (8 * MIB)) + 1);
    expect(gets().bytesRead).toBeLessThan(1.002 * rawBytes);
  });

  test("comes in the order of miners, with a request for each tile", async () => {
    const read = await predictions.read(requestKey(request));
    counter.reset();
    const seen: number[] = [];
    for await (const { answer } of read.tiles()) seen.push(answer.minerId);
    expect(seen).toEqual(Array.from({ length: MINERS }, (_, id) => id));
    // One tile lies in two packs.
    expect(gets().calls).toBe(MINERS + 1);
  });

  test("gives slices for little more than the panels in them", async () => {
    const read = await predictions.read(requestKey(request));
    counter.reset();
    let tiles = 0;
    for await (const { values } of read.slice({ from: 40, to: 41 }, { order: "stored" })) {
      tiles += values === undefined ? 0 : 1;
    }
    expect(tiles).toBe(MINERS);
    expect(gets()).toMatchObject({ calls: MINERS });
    expect(gets().bytesRead).toBeLessThan(0.34 * rawBytes);
  });

  test("tells which tiles lie together", async () => {
    const read = await predictions.read(requestKey(request));
    const runs = read.storedRuns();
    expect(runs.flatMap(({ minerIds }) => minerIds).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: MINERS }, (_, id) => id),
    );
    expect(runs.length).toBeLessThan(10);
    for (const { minerIds, storedBytes } of runs) {
      counter.reset();
      for await (const { error } of read.tiles({ minerIds, order: "stored" })) {
        expect(error).toBeUndefined();
      }
      expect(storedBytes).toBeLessThanOrEqual(8 * MIB);
      expect(gets().calls).toBeLessThanOrEqual(2);
    }
  });
});

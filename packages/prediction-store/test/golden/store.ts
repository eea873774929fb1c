import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { openMemoryStore } from "@foretile/storage/memory";
import type { Store } from "@foretile/storage";
import { createLibrary } from "@foretile/version-store";
import {
  openPredictionStore,
  requestKey,
  SYNTH_HIGH,
  SYNTH_LOW,
  type ScoreSet,
} from "../../src/index.ts";
import { invalidAnswer, request, validAnswer } from "../store/open-test-store.ts";

export const goldenScores: ScoreSet = {
  requestKey: requestKey(request),
  requestVersion: 2,
  requestVersionHash: "ab".repeat(32),
  scoredBy: "golden 1",
  pricesHash: "cd".repeat(32),
  missingPriceCount: 1,
  percentile90: 2.25,
  bestCrps: 2.25,
  miners: [
    {
      minerId: 1,
      minerUid: 1,
      status: "scored",
      crps: 2.25,
      intervals: { "5min": 1.25, "24hour_abs": 1 },
      promptScore: 0,
    },
    { minerId: 3, minerUid: 3, status: "missing", reason: "no_process_time", intervals: {}, promptScore: 0 },
  ],
};

/**
 * What the golden store holds: labels, a request with two versions and a tile of each of our own modes (what lz4 writes
 * is up to its library), and scores.
 */
export async function writeGoldenStore(): Promise<Store> {
  const store = openMemoryStore();
  const library = await createLibrary({
    store,
    clock: createInstantClock({ startMs: 1_512_561_600_000 }),
    random: createSeededRandom(7),
    probe: false,
  });
  const pack = await openPredictionStore({ library });
  await pack.setLabels([SYNTH_LOW, SYNTH_HIGH]);
  await pack.publish(request, [validAnswer(1), invalidAnswer(3)]);
  const raw = await openPredictionStore({ library, mode: "raw" });
  await raw.publish(request, [validAnswer(4)]);
  await pack.writeScores(goldenScores);
  return store;
}

import { createPredictions } from "@foretile/app-kit";
import {
  requestKey,
  type Answer,
  type MinerScore,
  type ScoreSet,
} from "@foretile/prediction-store";
import { openRequestTraces } from "@foretile/prediction-store/traces";

import { SAMPLE_LABEL, SAMPLE_REQUEST, sampleTile } from "./sample-store.ts";

/** Requests of a day: at noon and an hour later; and one of the day after. */
const MINUTES = [0, 60, 1440];

function scored(minerId: number, crps: number): MinerScore {
  return {
    minerId,
    minerUid: minerId + 100,
    status: "scored",
    crps,
    intervals: { "5min": crps },
    promptScore: crps - 1,
  };
}

function answer(minerId: number, tile: Float32Array<ArrayBuffer>): Answer {
  const outcome = { status: "valid", tile } as const;
  return { minerUid: minerId + 100, minerId, processTimeSeconds: 1, outcome };
}

function scoresAt(minute: number): ScoreSet {
  const startUnixSeconds = SAMPLE_REQUEST.startUnixSeconds + minute * 60;
  const refused = {
    minerId: 9,
    minerUid: 109,
    status: "invalid",
    reason: "path_count",
    intervals: {},
    promptScore: 8,
  } as const;
  return {
    requestKey: requestKey({ ...SAMPLE_REQUEST, startUnixSeconds }),
    requestVersion: 1,
    requestVersionHash: "0".repeat(64),
    scoredBy: "test",
    pricesHash: "0".repeat(64),
    missingPriceCount: 0,
    percentile90: 9,
    bestCrps: 1,
    miners: [scored(7, 1 + minute / 120), refused, scored(12, 2.5)],
  };
}

/**
 * Makes a store with three requests, of which miner 9 never gives a valid answer, and of the first miners 7 and 12 send
 * the same; with scores, and their traces unless `traced` is `false`.
 */
export async function createTracedStore(
  url: string,
  { traced = true }: { readonly traced?: boolean } = {},
): Promise<void> {
  await using opened = await createPredictions(url, { labels: [SAMPLE_LABEL] });
  const { predictions } = opened;
  for (const minute of MINUTES) {
    const startUnixSeconds = SAMPLE_REQUEST.startUnixSeconds + minute * 60;
    await predictions.publish({ ...SAMPLE_REQUEST, startUnixSeconds }, [
      answer(7, sampleTile(7)),
      answer(12, sampleTile(minute === 0 ? 7 : 12)),
    ]);
    await predictions.writeScores(scoresAt(minute));
  }
  if (!traced) return;
  const traces = await openRequestTraces(opened);
  for await (const step of traces.rebuild()) if (step.added === 0) throw new Error("not traced");
}

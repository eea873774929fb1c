import { createPredictions } from "@foretile/app-kit";
import {
  SYNTH_LOW,
  stepCount,
  type Answer,
  type ForecastRequest,
  type LabelConfig,
} from "@foretile/prediction-store";

/** A small competition: three panels of steps, four paths. */
export const SAMPLE_LABEL: LabelConfig = {
  ...SYNTH_LOW,
  label: "tiny",
  timeLengthSeconds: 69 * 60,
  timeIncrementSeconds: 60,
  simulations: 4,
  intervals: { "5min": 300 },
};

export const SAMPLE_REQUEST: ForecastRequest = {
  label: "tiny",
  asset: "BTC",
  startUnixSeconds: 1_512_475_200,
  timeIncrementSeconds: 60,
  timeLengthSeconds: 69 * 60,
  simulations: 4,
};

export const SAMPLE_KEY = "tiny/BTC#1512475200";

/** A tile whose values say where they stand: miner 7, step 3, simulation 1 is 7003.1. */
export function sampleTile(minerId: number): Float32Array<ArrayBuffer> {
  const { simulations } = SAMPLE_REQUEST;
  return Float32Array.from(
    { length: stepCount(SAMPLE_REQUEST) * simulations },
    (_, index) => minerId * 1000 + Math.floor(index / simulations) + (index % simulations) / 10,
  );
}

function validAnswer(minerId: number, tile = sampleTile(minerId)): Answer {
  const outcome = { status: "valid", tile } as const;
  return { minerUid: minerId + 100, minerId, processTimeSeconds: 1.5, outcome };
}

const INVALID_ANSWER: Answer = {
  minerUid: 109,
  minerId: 9,
  processTimeSeconds: undefined,
  outcome: { status: "invalid", reason: "path_count", message: "3 paths instead of 4" },
};

/**
 * Makes a store with the sample request in two versions (miners 7 and 9, then 12 as well) and an ETH request of miner 7
 * an hour later.
 */
export async function createSampleStore(url: string): Promise<void> {
  await using opened = await createPredictions(url, { labels: [SAMPLE_LABEL] });
  const { predictions } = opened;
  await predictions.publish(SAMPLE_REQUEST, [validAnswer(7), INVALID_ANSWER]);
  await predictions.publish(SAMPLE_REQUEST, [validAnswer(12)]);
  const later = SAMPLE_REQUEST.startUnixSeconds + 3600;
  await predictions.publish({ ...SAMPLE_REQUEST, asset: "ETH", startUnixSeconds: later }, [
    validAnswer(7),
  ]);
}

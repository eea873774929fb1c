import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createPredictions, type OpenedPredictions } from "@foretile/app-kit";
import {
  type Answer,
  type ForecastRequest,
  type LabelConfig,
  SYNTH_LOW,
  stepCount,
} from "@foretile/prediction-store";
import { createSeededRandom } from "@foretile/testkit";

/** Eleven steps of a minute, eight paths. */
export const TINY: LabelConfig = {
  ...SYNTH_LOW,
  label: "tiny",
  timeLengthSeconds: 600,
  timeIncrementSeconds: 60,
  simulations: 8,
  intervals: { "1min": 60, "5min": 300, "0_2min_gaps": 120, "10min_abs": 600 },
  windowDays: 1,
};

export const START = 1_512_475_200;

export function tinyRequest(changes: Partial<ForecastRequest> = {}): ForecastRequest {
  return {
    label: "tiny",
    asset: "BTC",
    startUnixSeconds: START,
    timeIncrementSeconds: TINY.timeIncrementSeconds,
    timeLengthSeconds: TINY.timeLengthSeconds,
    simulations: TINY.simulations,
    ...changes,
  };
}

/** Random walks around 100, step-major; another for each seed. */
export function walks(request: ForecastRequest, seed: number): Float32Array<ArrayBuffer> {
  const random = createSeededRandom(seed);
  const steps = stepCount(request);
  const tile = new Float32Array(request.simulations * steps);
  for (let simulation = 0; simulation < request.simulations; simulation += 1) {
    let price = 100;
    for (let step = 0; step < steps; step += 1) {
      tile[step * request.simulations + simulation] = price;
      price *= 1 + (random.nextUint32() / 2 ** 32 - 0.5) * 0.01;
    }
  }
  return tile;
}

export function validAnswer(minerId: number, tile: Float32Array<ArrayBuffer>): Answer {
  return {
    minerUid: minerId % 256,
    minerId,
    processTimeSeconds: 1,
    outcome: { status: "valid", tile },
  };
}

export function silentAnswer(minerId: number): Answer {
  return {
    minerUid: minerId % 256,
    minerId,
    processTimeSeconds: undefined,
    outcome: { status: "invalid", reason: "no_process_time", message: "no answer" },
  };
}

export function malformedAnswer(minerId: number): Answer {
  return {
    minerUid: minerId % 256,
    minerId,
    processTimeSeconds: 1,
    outcome: { status: "invalid", reason: "path_count", message: "7 paths" },
  };
}

/** A new LMDB store with the label, in a folder inside `folder`. */
export async function createStore(
  folder: string,
  labels: readonly LabelConfig[] = [TINY],
): Promise<{ readonly url: string; readonly opened: OpenedPredictions }> {
  const url = `lmdb:${join(folder, "store")}`;
  return { url, opened: await createPredictions(url, { labels }) };
}

/** A price a minute from `fromUnixSeconds`, wandering around 100; `undefined` leaves the minute out. */
export function minutePrices(
  fromUnixSeconds: number,
  count: number,
  without: readonly number[] = [],
): [number, number][] {
  return Array.from({ length: count }, (_, index): [number, number] => [
    fromUnixSeconds + index * 60,
    100 + Math.sin(index) + index / 10,
  ]).filter(([unixSeconds]) => !without.includes(unixSeconds));
}

export async function writePrices(
  folder: string,
  rows: readonly (readonly [number, number])[],
): Promise<string> {
  const path = join(folder, "prices.csv");
  const lines = rows.map(([unixSeconds, price]) => `${unixSeconds},${price}\n`);
  await writeFile(path, `timestamp,price\n${lines.join("")}`);
  return path;
}

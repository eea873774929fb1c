import {
  ANSWER_FAULTS,
  type AnswerFault,
  predictionJson,
  type PredictionText,
} from "./answer-faults.ts";
import type { ForecastFamily } from "./forecast-families.ts";
import type { ForecastTask } from "./forecast-task.ts";
import { GaussianRandom } from "./gaussian-random.ts";
import type { Miner } from "./network.ts";

/** A miner's answer to a request as the validator passes it on: one line of JSON. */
export interface MinerAnswer {
  readonly miner: Miner;
  readonly line: string;
  /** What is wrong with it, when something is. */
  readonly fault: string | undefined;
}

/** Parts of a seed, so that forecasts, noise and delays are drawn apart. */
const FORECAST = 1;
const NOISE = 2;
const DELAY = 3;

/** Makes a miner's answer. The same seed, miner and task give the same answer, whatever else was drawn. */
export function answerOf(miner: Miner, task: ForecastTask, seed: number): MinerAnswer {
  const { behaviour } = miner;
  const seconds = 1 + 40 * GaussianRandom.of(seed, DELAY, task.index, miner.id).uniform();
  const processTime = behaviour.kind === "silent" ? "null" : seconds.toFixed(2);
  const fault = behaviour.kind === "malformed" ? faultOf(behaviour.ordinal, task) : undefined;
  const prediction = predictionOf(miner, task, seed, fault);
  const line =
    `{"response":{"request":"${task.id}","miner_uid":${miner.uid},"miner_id":${miner.id},` +
    `"process_time":${processTime},"prediction":${prediction}}}\n`;
  return { miner, line, fault: fault?.name };
}

function predictionOf(
  miner: Miner,
  task: ForecastTask,
  seed: number,
  fault: AnswerFault | undefined,
): string {
  const { behaviour } = miner;
  if (behaviour.kind === "silent") return "null";
  if (behaviour.kind !== "copy") {
    const text = predictionText(forecast(behaviour.family, miner.id, task, seed), task);
    return fault === undefined ? predictionJson(text) : fault.spoil(text, task);
  }
  const { original, noise } = behaviour;
  if (original.behaviour.kind !== "forecast") throw new Error("only forecasts are copied");
  const prices = forecast(original.behaviour.family, original.id, task, seed);
  if (noise > 0) {
    const random = GaussianRandom.of(seed, NOISE, task.index, miner.id);
    for (const path of prices) {
      for (const [step, price] of path.entries())
        path[step] = price * (1 + noise * random.normal());
    }
  }
  return predictionJson(predictionText(prices, task));
}

/** Price paths, one a simulation. */
function forecast(
  family: ForecastFamily,
  minerId: number,
  { index, steps, simulations, price, volatility }: ForecastTask,
  seed: number,
): Float64Array[] {
  const random = GaussianRandom.of(seed, FORECAST, index, minerId);
  // Miners measure the past a little differently.
  const own = volatility * (1 + 0.05 * random.normal());
  return Array.from({ length: simulations }, () => {
    const nextReturn = family.startPath(random, own);
    const path = new Float64Array(steps);
    let logPrice = Math.log(price);
    for (let step = 0; step < steps; step += 1) {
      path[step] = Math.exp(logPrice);
      logPrice += nextReturn();
    }
    return path;
  });
}

function predictionText(prices: readonly Float64Array[], task: ForecastTask): PredictionText {
  return {
    start: String(task.startUnixSeconds),
    increment: String(task.incrementSeconds),
    paths: prices.map((path) => Array.from(path, priceToken)),
  };
}

/** What a price is multiplied with to have eight digits before the point, by its digits before the point less one. */
const SCALES = [1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1] as const;

/**
 * A price in at most eight digits, as the network asks for. Whole numbers all the way: there are 24 million of them, and
 * writing them takes most of the simulation's time.
 */
function priceToken(price: number): string {
  let digits = 0;
  for (let power = 10; price >= power && digits < SCALES.length - 1; power *= 10) digits += 1;
  const scale = SCALES[digits] ?? 1;
  const scaled = Math.round(price * scale);
  const whole = Math.trunc(scaled / scale);
  return scale === 1
    ? String(scaled)
    : `${whole}.${String(scaled - whole * scale + scale).slice(1)}`;
}

/** Each malformed miner goes through all the faults, request by request, from another one on. */
function faultOf(ordinal: number, task: ForecastTask): AnswerFault {
  return ANSWER_FAULTS[(3 * ordinal + task.index) % ANSWER_FAULTS.length] as AnswerFault;
}

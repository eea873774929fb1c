import {
  type LabelConfig,
  parseRequestKey,
  type PredictionStore,
} from "@foretile/prediction-store";
import {
  combineLabels,
  movingAverages,
  type Reward,
  rewardWeights,
  type ScoreRow,
} from "@foretile/scoring";

import { type ScoreTraces, type WindowScores, windowScores } from "./window-scores.ts";

const DAY_SECONDS = 86_400;

/** A miner's place in one label. */
interface Standing {
  readonly minerId: number;
  readonly minerUid: number;
  /** Weighted mean of its prompt scores in the window, 0 is best; missing when it has none. */
  readonly average: number | undefined;
  /** Its part of what all labels hand out together; 0 without an average. */
  readonly weight: number;
}

/** One label's moving averages and weights. */
export interface LabelStandings {
  readonly label: string;
  readonly windowDays: number;
  /** Scored requests in the window. */
  readonly requestCount: number;
  /** Best first; those without an average last. */
  readonly standings: readonly Standing[];
}

/** What the stored scores come to at one moment. */
export interface Leaderboard {
  readonly atUnixSeconds: number;
  /** In the store's order. */
  readonly labels: readonly LabelStandings[];
  /** Weights added up over the labels, greatest first. */
  readonly combined: readonly Reward[];
}

export interface LeaderboardOptions {
  /** Only this label. */
  readonly label?: string | undefined;
  /** Scores of requests that end later do not count. Default: the end of the newest request that has scores. */
  readonly atUnixSeconds?: number | undefined;
  /** Where scores are read from when they are there, in the version that counts; else from the score records. */
  readonly traces?: ScoreTraces | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of each damaged score record; it is left out. */
  readonly onDamaged: (error: Error) => void;
  /** Told of each day of traces that is damaged; its scores are read from their records. */
  readonly onDamagedTraces?: ((error: Error) => void) | undefined;
}

/** A request's scores and when its horizon ended. */
interface TimedScores {
  readonly scores: WindowScores;
  readonly asset: string;
  readonly endUnixSeconds: number;
}

/**
 * Computes moving averages and weights from stored scores, label by label, each over its own window, and adds the
 * weights up. A slot belongs to the miner who answered from it last; earlier holders are out.
 *
 * @returns `undefined` when no scores are stored up to then
 */
export async function computeLeaderboard(
  predictions: PredictionStore,
  options: LeaderboardOptions,
): Promise<Leaderboard | undefined> {
  const { signal, label } = options;
  const labels = (await predictions.labels({ signal })).filter(
    (config) => label === undefined || config.label === label,
  );
  const atUnixSeconds = options.atUnixSeconds ?? (await newestEnd(predictions, labels, options));
  if (atUnixSeconds === undefined) return undefined;

  const windows: (readonly TimedScores[])[] = [];
  for (const config of labels) {
    windows.push(await scoresInWindow(predictions, config, atUnixSeconds, options));
  }
  if (windows.every((window) => window.length === 0)) return undefined;
  const uidByMinerId = currentMiners(windows.flat());
  const standings = labels.map((config, index) =>
    labelStandings(config, windows[index] ?? [], atUnixSeconds, uidByMinerId),
  );
  const combined = combineLabels(
    standings.map((entry) => entry.standings.filter(({ weight }) => weight > 0)),
  );
  combined.sort((a, b) => b.weight - a.weight || a.minerId - b.minerId);
  return { atUnixSeconds, labels: standings, combined };
}

function labelStandings(
  config: LabelConfig,
  window: readonly TimedScores[],
  atUnixSeconds: number,
  uidByMinerId: ReadonlyMap<number, number>,
): LabelStandings {
  const { label, windowDays, assetCoefficients, softmaxBeta, emissionShare } = config;
  const averages = movingAverages(window.flatMap(scoreRows), {
    nowUnixSeconds: atUnixSeconds,
    windowSeconds: windowDays * DAY_SECONDS,
    assetCoefficients,
    backfillPer: "request",
  });
  const rewards = rewardWeights(averages, {
    softmaxBeta,
    share: emissionShare,
    uidByMinerId,
  });
  const weightByMiner = new Map(rewards.map(({ minerId, weight }) => [minerId, weight]));
  const standings = averages.flatMap(({ minerId, average }): Standing[] => {
    const minerUid = uidByMinerId.get(minerId);
    if (minerUid === undefined) return [];
    return [{ minerId, minerUid, average, weight: weightByMiner.get(minerId) ?? 0 }];
  });
  standings.sort(byAverage);
  return { label, windowDays, requestCount: window.length, standings };
}

function byAverage(a: Standing, b: Standing): number {
  if (a.average === b.average) return a.minerId - b.minerId;
  return (a.average ?? Infinity) - (b.average ?? Infinity);
}

/** @returns in order of asset and time */
async function scoresInWindow(
  predictions: PredictionStore,
  { label, windowDays, timeLengthSeconds }: LabelConfig,
  atUnixSeconds: number,
  options: LeaderboardOptions,
): Promise<readonly TimedScores[]> {
  // The window holds ends in (at - window, at]; the filter is about starts, [from, to).
  const fromUnixSeconds = atUnixSeconds - windowDays * DAY_SECONDS - timeLengthSeconds + 1;
  const toUnixSeconds = atUnixSeconds - timeLengthSeconds + 1;
  const wanted = { label, fromUnixSeconds, toUnixSeconds };
  const window: TimedScores[] = [];
  for await (const scores of windowScores(predictions, wanted, options)) {
    // A request in which nobody was scored says nothing about anyone.
    if (scores.percentile90 === undefined) continue;
    const { asset, startUnixSeconds } = parseRequestKey(scores.requestKey);
    window.push({ scores, asset, endUnixSeconds: startUnixSeconds + timeLengthSeconds });
  }
  return window;
}

function scoreRows({ scores, asset, endUnixSeconds }: TimedScores): ScoreRow[] {
  return scores.miners.map(({ minerId, promptScore }) => ({
    minerId,
    scoredAtUnixSeconds: endUnixSeconds,
    asset,
    promptScore,
    percentile90: scores.percentile90,
    lowest: scores.bestCrps,
  }));
}

/** The slot of each miner that holds one: of several miners with one slot, who was asked last. */
function currentMiners(window: readonly TimedScores[]): ReadonlyMap<number, number> {
  const minerIdByUid = new Map<number, number>();
  for (const { scores } of window.toSorted((a, b) => a.endUnixSeconds - b.endUnixSeconds)) {
    for (const { minerId, minerUid } of scores.miners) minerIdByUid.set(minerUid, minerId);
  }
  return new Map(Array.from(minerIdByUid, ([minerUid, minerId]) => [minerId, minerUid]));
}

/** The end of the newest request of these labels that has scores. Reads no more scores than it must. */
async function newestEnd(
  predictions: PredictionStore,
  labels: readonly LabelConfig[],
  { signal, onDamaged }: LeaderboardOptions,
): Promise<number | undefined> {
  const requests: { readonly key: string; readonly endUnixSeconds: number }[] = [];
  for (const { label, timeLengthSeconds } of labels) {
    for await (const batch of predictions.list({ label }, { signal, onDamaged })) {
      for (const { key, request } of batch) {
        requests.push({ key, endUnixSeconds: request.startUnixSeconds + timeLengthSeconds });
      }
    }
  }
  requests.sort((a, b) => b.endUnixSeconds - a.endUnixSeconds);
  for (const { key, endUnixSeconds } of requests) {
    if ((await predictions.readScores(key, { signal })) !== undefined) return endUnixSeconds;
  }
  return undefined;
}

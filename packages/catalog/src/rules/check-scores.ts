import { CatalogError } from "../catalog-error.ts";
import { MAX_PREDICTIONS } from "../records/prediction.ts";
import { MAX_NAME_LENGTH, MAX_UNIX_SECONDS } from "../records/request.ts";
import type { NewReward, NewRewards } from "../records/reward.ts";
import type { NewScore, NewScores } from "../records/score.ts";
import { checkDistinct, checkName, checkWhole } from "./check-values.ts";

/** Most points of a realized path, as many as a tile has steps. */
const MAX_PRICES = 65_536;
/** Most intervals of one score: labels have up to 18. */
const MAX_INTERVALS = 256;

/** @throws {CatalogError} `invalid-argument`: for what concerns all rows of the call */
export function checkNewScores({ requestVersion, realizedPrices, scores }: NewScores): void {
  checkWhole("request version", requestVersion, 0, 2_147_483_647);
  checkWhole("number of scores", scores.length, 0, MAX_PREDICTIONS);
  checkDistinct(
    "miner ids",
    scores.map(({ minerId }) => minerId),
  );
  if (realizedPrices === undefined) return;
  checkWhole("number of realized prices", realizedPrices.length, 1, MAX_PRICES);
  for (let index = 0; index < realizedPrices.length; index += 1) {
    const price = realizedPrices[index] ?? Number.NaN;
    if (Math.abs(price) === Infinity) {
      throw new CatalogError(
        "invalid-argument",
        `a realized price must be finite, or NaN where there was none index=${index}`,
      );
    }
  }
}

/** What is wrong with one score, `undefined` when nothing is: a number that is not finite never reaches a document. */
export function scoreFault(score: NewScore): CatalogError | undefined {
  const { minerId, promptScore, totalCrps = 0, percentile90, lowest, intervals } = score;
  const named = Object.entries(intervals);
  if (named.length > MAX_INTERVALS || named.some(([name]) => !isIntervalName(name))) {
    return invalidScore("intervals must be few and have short names", minerId);
  }
  const numbers: readonly (readonly [string, number])[] = [
    ["prompt score", promptScore],
    ["total", totalCrps],
    ["percentile", percentile90],
    ["lowest", lowest],
    ...named,
  ];
  const wrong = numbers.find(([, value]) => !Number.isFinite(value));
  return wrong && invalidScore(`a score must be finite field=${JSON.stringify(wrong[0])}`, minerId);
}

/** @throws {CatalogError} `invalid-argument`: for what concerns all rows of the call */
export function checkNewRewards({ label, updatedUnixSeconds, rewards }: NewRewards): void {
  checkName("label", label, MAX_NAME_LENGTH);
  checkWhole("time of the rewards", updatedUnixSeconds, 0, MAX_UNIX_SECONDS);
  checkWhole("number of rewards", rewards.length, 0, MAX_PREDICTIONS);
  checkDistinct(
    "miner ids",
    rewards.map(({ minerId }) => minerId),
  );
}

export function rewardFault(reward: NewReward): CatalogError | undefined {
  const { minerId, minerUid, smoothedScore, rewardWeight } = reward;
  if (!Number.isFinite(smoothedScore) || !(rewardWeight >= 0 && rewardWeight < Infinity)) {
    return invalidScore("a reward must be finite, its weight not negative", minerId);
  }
  if (!Number.isInteger(minerUid) || minerUid < 0 || minerUid > 65_535) {
    return invalidScore("a reward must name a slot", minerId);
  }
  return undefined;
}

function isIntervalName(name: string): boolean {
  return name !== "" && name.length <= 64 && /^[\x20-\x7e]+$/.test(name);
}

function invalidScore(message: string, minerId: number): CatalogError {
  return new CatalogError("invalid-score", `${message} miner_id=${minerId}`);
}

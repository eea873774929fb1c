import type { MovingAverage } from "./moving-averages.ts";
import { ScoringError } from "./scoring-error.ts";
import { softmax } from "./softmax.ts";

/** A miner's part of what is handed out. */
export interface Reward {
  readonly minerId: number;
  readonly minerUid: number;
  /** Greater than 0. */
  readonly weight: number;
}

export interface RewardOptions {
  /** Below 0: the more so, the more the best miners get. */
  readonly softmaxBeta: number;
  /** What this label hands out in total, above 0 and up to 1. */
  readonly share: number;
  /** The slot of every current miner; who is not in it gets nothing. */
  readonly uidByMinerId: ReadonlyMap<number, number>;
}

/**
 * One label's rewards: the softmax of the averages of current miners, times the label's share. Miners without an average
 * and those whose part is 0 are left out, so the weights add up to `share` unless nobody is left.
 *
 * @returns in the order of `averages`, each with its average
 * @throws {ScoringError} `invalid-argument` for options out of range
 */
export function rewardWeights(
  averages: readonly MovingAverage[],
  { softmaxBeta, share, uidByMinerId }: RewardOptions,
): (Reward & { readonly average: number })[] {
  if (!(softmaxBeta < 0 && softmaxBeta > -Infinity) || !(share > 0 && share <= 1)) {
    throw new ScoringError(
      "invalid-argument",
      `beta must be negative and the share in (0, 1] softmaxBeta=${softmaxBeta} share=${share}`,
    );
  }
  const entries = averages.flatMap(({ minerId, average }) => {
    const minerUid = uidByMinerId.get(minerId);
    return minerUid === undefined || average === undefined ? [] : [{ minerId, minerUid, average }];
  });
  const parts = softmax(
    entries.map(({ average }) => average),
    softmaxBeta,
  );
  return entries
    .map((entry, index) => ({ ...entry, weight: (parts[index] as number) * share }))
    .filter(({ weight }) => weight > 0);
}

/**
 * Adds up the rewards of several labels per miner.
 *
 * @returns miners in order of appearance, with the uid under which they appear first
 */
export function combineLabels(labels: Iterable<readonly Reward[]>): Reward[] {
  const combined = new Map<number, Reward>();
  for (const rewards of labels) {
    for (const { minerId, minerUid, weight } of rewards) {
      const known = combined.get(minerId);
      combined.set(minerId, {
        minerId,
        minerUid: known?.minerUid ?? minerUid,
        weight: (known?.weight ?? 0) + weight,
      });
    }
  }
  return Array.from(combined.values());
}

import type { SharedRanges } from "@foretile/worker-pool";

import type { LocalTileScorer } from "./local-tile-scorer.ts";
import type { SharedScores } from "./shared-scores.ts";
import type { ScoringJob } from "./tile-scorer.ts";

/** Tiles that are read together, and where their scores go. */
export interface ScoreRange {
  /** The number of its first tile in the request. */
  readonly firstTile: number;
  readonly minerIds: readonly number[];
}

/** A job that threads share. */
export interface SharedJob {
  readonly job: ScoringJob;
  readonly parts: readonly ScoreRange[];
  /** Which of the parts nobody has taken yet. */
  readonly ranges: SharedRanges;
  readonly scores: SharedScores;
}

/** What is wrong with a damaged tile. The store's words do not fit shared memory, and are rare. */
export type Damage = readonly [tile: number, message: string];

export interface ScoreShareOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told after every part. */
  readonly onPart?: (() => void) | undefined;
}

/**
 * Takes parts of a job and scores them, until there are no more.
 *
 * @returns the damage that was met
 */
export async function scoreShare(
  scorer: LocalTileScorer,
  { job, parts, ranges, scores }: SharedJob,
  { signal, onPart }: ScoreShareOptions,
): Promise<readonly Damage[]> {
  const damage: Damage[] = [];
  for (let range = ranges.take(); range !== undefined; range = ranges.take()) {
    const part = parts[range] as ScoreRange;
    const outcomes = await scorer.score(job, [part], { signal });
    for (const outcome of outcomes) {
      const tile = part.firstTile + part.minerIds.indexOf(outcome.minerId);
      scores.write(tile, outcome);
      if (outcome.status === "damaged") damage.push([tile, outcome.message]);
    }
    ranges.finish(range);
    onPart?.();
  }
  return damage;
}

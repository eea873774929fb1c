import type { RunRecord } from "../run/run-record.ts";

/**
 * A run is merged with all that follow once they have so many times its points, less one. Of equal appends, four make a
 * run, four of those the next, and so on: each point is written once more for each fourfold of its tile.
 */
const FAN_IN = 4;

/**
 * From which run on the runs of a tile should be merged: from the oldest that is small beside those that follow.
 *
 * @returns `undefined` when nothing is to be merged
 */
export function firstToMerge(runs: readonly Pick<RunRecord, "points">[]): number | undefined {
  let following = 0;
  let first: number | undefined;
  for (let place = runs.length - 1; place >= 0; place -= 1) {
    const points = (runs[place] as Pick<RunRecord, "points">).points;
    if (place < runs.length - 1 && following >= (FAN_IN - 1) * points) first = place;
    following += points;
  }
  return first;
}

/** Whether the last run made the tile full: data at every position, and not before. */
export function becameFull(
  runs: readonly Pick<RunRecord, "recorded">[],
  tileSize: number,
): boolean {
  if (runs.length < 2) return false;
  const before = new Set(runs.slice(0, -1).flatMap(({ recorded }) => recorded));
  if (before.size === tileSize) return false;
  const all = new Set([...before, ...(runs.at(-1)?.recorded ?? [])]);
  return all.size === tileSize;
}

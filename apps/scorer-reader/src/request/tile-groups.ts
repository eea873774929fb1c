import type { TileRun } from "@foretile/prediction-store";

/** Tiles that are scored without closing the store in between. */
export interface TileGroup {
  readonly runs: readonly TileRun[];
  /** Of their tiles, as stored. */
  readonly storedBytes: number;
}

/**
 * Puts runs, in their order, into groups of at most `maxBytes`; a run that is larger by itself is a group of its own.
 */
export function tileGroups(runs: readonly TileRun[], maxBytes: number): TileGroup[] {
  const groups: TileGroup[] = [];
  let some: TileRun[] = [];
  let storedBytes = 0;
  const endGroup = (): void => {
    if (some.length > 0) groups.push({ runs: some, storedBytes });
    some = [];
    storedBytes = 0;
  };
  for (const run of runs) {
    if (storedBytes + run.storedBytes > maxBytes) endGroup();
    some.push(run);
    storedBytes += run.storedBytes;
  }
  endGroup();
  return groups;
}

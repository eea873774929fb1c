import type { AnswerEntry } from "@foretile/prediction-store";

/** Miners whose tiles are scored without closing the store in between. */
export interface TileGroup {
  readonly minerIds: readonly number[];
  /** Of their tiles, as stored. */
  readonly storedBytes: number;
}

/**
 * Cuts the valid answers of a request, in their order, into groups of at most `maxBytes`; a tile that is larger by
 * itself is a group of its own.
 */
export function tileGroups(answers: readonly AnswerEntry[], maxBytes: number): TileGroup[] {
  const groups: TileGroup[] = [];
  let minerIds: number[] = [];
  let storedBytes = 0;
  const endGroup = (): void => {
    if (minerIds.length > 0) groups.push({ minerIds, storedBytes });
    minerIds = [];
    storedBytes = 0;
  };
  for (const answer of answers) {
    if (answer.status !== "valid") continue;
    if (storedBytes + answer.storedBytes > maxBytes) endGroup();
    minerIds.push(answer.minerId);
    storedBytes += answer.storedBytes;
  }
  endGroup();
  return groups;
}

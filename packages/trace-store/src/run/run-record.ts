import type { SegmentEntry } from "@foretile/version-store";
import { lanesOf, type Lane } from "./lanes.ts";

/** An immutable part of a tile: what one change recorded, or several that were merged. */
export interface RunRecord {
  /** Names the content of the run, 32 hexadecimal characters, whatever codecs store it. */
  readonly id: string;
  /** Names the content of its table. */
  readonly tableId: string;
  readonly table: SegmentEntry;
  readonly facts: SegmentEntry;
  /** Rows after rows; of the same rows, lane after lane. */
  readonly blocks: readonly SegmentEntry[];
  /** Traces of its table. */
  readonly rows: number;
  /** Rows of a block; the last ones may have fewer. */
  readonly rowsPerBlock: number;
  /** Offsets at which it has points, ascending. */
  readonly offsets: readonly number[];
  /** Those of them at which it has values or invalid points. */
  readonly recorded: readonly number[];
  /** Values, invalid and deleted points. */
  readonly points: number;
  /** Deleted points among them. */
  readonly deleted: number;
}

/** Where a block of a run is, and how large. */
export interface BlockPlace {
  readonly entry: SegmentEntry;
  readonly lane: Lane;
  readonly firstRow: number;
  readonly rows: number;
}

/** How many groups of rows a run's blocks are in. */
export function rowGroups({
  rows,
  rowsPerBlock,
}: Pick<RunRecord, "rows" | "rowsPerBlock">): number {
  return Math.ceil(rows / rowsPerBlock);
}

/** The lanes of a run. */
export function lanesOfRun(run: RunRecord): readonly Lane[] {
  return lanesOf(run.offsets);
}

/** @param group number of a group of rows */
export function blockPlace(
  run: RunRecord,
  lanes: readonly Lane[],
  group: number,
  laneNumber: number,
): BlockPlace {
  const firstRow = group * run.rowsPerBlock;
  return {
    entry: run.blocks[group * lanes.length + laneNumber] as SegmentEntry,
    lane: lanes[laneNumber] as Lane,
    firstRow,
    rows: Math.min(run.rowsPerBlock, run.rows - firstRow),
  };
}

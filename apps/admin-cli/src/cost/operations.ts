import { PACK_BYTES_PER_SEGMENT, requestSize, type LabelLoad, type Load } from "./load.ts";

/** Calls to a store. */
export interface Operations {
  /** Blobs stored, as often as there are. */
  readonly blobWrites: number;
  /** Requests it takes to store them in S3. */
  readonly blobPuts: number;
  readonly blobReads: number;
  readonly blobDeletes: number;
  readonly refReads: number;
  /** Compare-and-set of small records. */
  readonly refWrites: number;
  readonly refLists: number;
  readonly blobLists: number;
  /** Rows of tiles, with the placement `cells`. */
  readonly rowWrites: number;
  readonly rowReads: number;
}

/** Segment entries of a manifest page; beyond the last full one they stand in the version document. */
const ENTRIES_PER_PAGE = 1024;
/** A pack is read in ranges of so many bytes. */
const PACK_READ_BYTES = 8 * 2 ** 20;
/** Cells of so many bytes are listed together. */
const CELL_LIST_BYTES = 8 * 2 ** 20;
/** S3 gets larger blobs in parts of this size, between a request that begins and one that completes. */
const S3_PART_BYTES = 16 * 2 ** 20;

/**
 * What one request costs in its life: it is published, read `reads` times as a whole, scored, and deleted with its
 * scores. Counted from what the version store does; a test compares the two.
 */
export function requestOperations(label: LabelLoad, load: Load): Operations {
  const { segments, tileBytes } = requestSize(label, load);
  const documents = 1 + Math.floor(segments / ENTRIES_PER_PAGE);
  const tiles = tileOperations(segments, tileBytes, load);
  // The request's documents, its scores', and two deletions of two documents each.
  const small = documents + 1 + 4;
  // Of a record that gives out the timestamp of cells.
  const timestamps = load.placement === "cells" ? 1 : 0;
  return {
    blobWrites: tiles.writes + small,
    blobPuts: tiles.puts + small,
    blobReads: load.reads * (tiles.reads + documents),
    blobDeletes: tiles.writes + documents + 1,
    // Publishing, reading, scoring, deleting the request and its scores.
    refReads: 3 + load.reads + 2 + 4 + timestamps,
    refWrites: 3 + 3 + 6 + timestamps,
    refLists: 4,
    // Only a collection lists blobs.
    blobLists: 0,
    rowWrites: tiles.rowWrites,
    rowReads: load.reads * tiles.rowReads,
  };
}

/** A list, which is a blob, names the cells of whole rows; the next row begins another one when its first cell is too much. */
function rowsPerCellList(segments: number, tileBytes: number, miners: number): number {
  const room = CELL_LIST_BYTES - tileBytes / segments;
  return Math.max(0, Math.floor(room / (tileBytes / miners))) + 1;
}

interface TileOperations {
  readonly writes: number;
  readonly puts: number;
  readonly reads: number;
  readonly rowWrites: number;
  readonly rowReads: number;
}

function tileOperations(segments: number, tileBytes: number, load: Load): TileOperations {
  const { placement, packBytes, miners } = load;
  const noRows = { rowWrites: 0, rowReads: 0 };
  if (placement === "segments")
    return { writes: segments, puts: segments, reads: segments, ...noRows };
  if (placement === "cells") {
    const lists = Math.ceil(miners / rowsPerCellList(segments, tileBytes, miners));
    return { writes: lists, puts: lists, reads: 0, rowWrites: miners, rowReads: miners };
  }
  const packedBytes = tileBytes + segments * PACK_BYTES_PER_SEGMENT;
  const packs = Math.ceil(packedBytes / packBytes);
  const largest = Math.min(packBytes, packedBytes);
  const putsPerPack = largest > S3_PART_BYTES ? Math.ceil(largest / S3_PART_BYTES) + 2 : 1;
  const reads = Math.ceil(packedBytes / Math.min(packBytes, PACK_READ_BYTES));
  return { writes: packs, puts: packs * putsPerPack, reads, ...noRows };
}

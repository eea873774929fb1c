import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Part } from "../segment/part.ts";
import { checkRowRange, type RowRange } from "../value/row-range.ts";
import { VersionStoreError } from "../version-store-error.ts";

/**
 * What a stored version says about its value, kept in the manifest. docs/formats/values-v1.md has the documents.
 *
 * Rows are cut into blocks of consecutive rows, and every block is cut across into lanes: groups of columns of a frame,
 * tiles over the axes after the first of an array. A segment is one block of one lane.
 */
export interface StoredForm {
  /** Types, names, index; for arrays the shape beyond axis 0. Independent of the number of rows. */
  readonly schema: DocumentValue;
  /** What each lane holds. A lane's number is its position here, and never changes while blocks use it. */
  readonly lanes: readonly DocumentValue[];
}

/** Most rows of a block: rows of columns that were added later take memory without any bytes being stored. */
export const MAX_BLOCK_ROWS: number = 2 ** 28;

/** How to cut a value that is stored afresh. */
export interface Layout {
  /** Rows of every block but the last; at least 1. */
  readonly rowsPerBlock: number;
  /** At least one. */
  readonly lanes: readonly DocumentValue[];
}

/** A part of a value across its rows. Both absent: everything. */
export interface Selection {
  /** Columns of a frame, in the wanted order. The index comes along always; `[]` is the index alone. */
  readonly columns?: readonly string[] | undefined;
  /** Positions on axis 1 of an array, in the wanted order. */
  readonly members?: readonly number[] | undefined;
}

/** One block as it was stored, decoded to parts. */
export interface StoredBlock {
  /** Rows of the whole block. */
  readonly rows: number;
  /** Which rows are wanted, one range after the other; default all. */
  readonly keep?: readonly RowRange[] | undefined;
  /**
   * The parts of each lane by its number. Lanes that the selection does not need may be absent. A frame's block may
   * lack lanes that were added after it was stored; its rows get `""`, 0, NaN or `false` there.
   */
  readonly parts: ReadonlyMap<number, readonly Part[]>;
}

/**
 * How many rows a block should have.
 *
 * @param rowBytes bytes of a row in the widest lane
 * @throws {VersionStoreError} `invalid-argument` for a target that is no integer of at least 1
 */
export function rowsFitting(targetBytes: number, rowBytes: number): number {
  if (Number.isSafeInteger(targetBytes) && targetBytes >= 1) {
    return Math.min(MAX_BLOCK_ROWS, Math.max(1, Math.floor(targetBytes / rowBytes)));
  }
  throw new VersionStoreError(
    "invalid-argument",
    `target must be an integer of at least 1 target_bytes=${targetBytes}`,
  );
}

/**
 * The rows of a block that are wanted.
 *
 * @throws {VersionStoreError} `invalid-range`; `data-integrity` when the block has no proper number of rows
 */
export function keptRanges({ rows, keep }: StoredBlock): readonly RowRange[] {
  if (!Number.isSafeInteger(rows) || rows < 0 || rows > MAX_BLOCK_ROWS) {
    throw new VersionStoreError("data-integrity", `block has a wrong number of rows rows=${rows}`);
  }
  if (keep === undefined) return [{ from: 0, to: rows }];
  for (const range of keep) checkRowRange(range, rows);
  return keep;
}

/** How many rows are wanted of all blocks together. */
export function keptRowCount(blocks: readonly StoredBlock[]): number {
  let rows = 0;
  for (const block of blocks) for (const { from, to } of keptRanges(block)) rows += to - from;
  return rows;
}

import { StorageError, type ByteRange } from "@foretile/storage";

import { ownedBytes, type ReceivedRow } from "./row-assembler.ts";
import { chained, columnFilter, type ProtoFilter } from "./row-filters.ts";
import type { ProtoMutation } from "./row-mutations.ts";
import { LENGTH_FAMILY, PIECE_BYTES, PIECE_FAMILY } from "./store-layout.ts";

/*
 * A blob as cells of a row: in the family of lengths one cell with its length, 64 bits, big-endian; in the family of
 * pieces its bytes, cut every PIECE_BYTES, in columns named by their number. All have the timestamp 0, so that writing
 * a blob again replaces cells by equal ones.
 */
const LENGTH_COLUMN = "n";
const LENGTH_BYTES = 8;
const PIECE_DIGITS = 4;
const TIMESTAMP_MICROS = 0;

const newest: ProtoFilter = { cellsPerColumnLimitFilter: 1 };

/** Everything of a blob. */
export const wholeFilter: ProtoFilter = newest;

/** What writes a blob. The bytes are taken over, not copied. */
export function blobMutations(bytes: Uint8Array): readonly ProtoMutation[] {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64BE(BigInt(bytes.byteLength));
  const pieces: ProtoMutation[] = [];
  for (let offset = 0; offset < bytes.byteLength; offset += PIECE_BYTES) {
    const piece = bytes.subarray(offset, offset + PIECE_BYTES);
    pieces.push(setCell(PIECE_FAMILY, pieceColumn(pieces.length), piece));
  }
  return [...pieces, setCell(LENGTH_FAMILY, LENGTH_COLUMN, length)];
}

/** The length of a blob and those of its pieces that hold bytes of `range`. */
export function partFilter(range: ByteRange): ProtoFilter {
  const length = columnFilter(LENGTH_FAMILY, LENGTH_COLUMN);
  const pieces = piecesOf(range);
  if (pieces === undefined) return chained([length, newest]);
  const columns: ProtoFilter = {
    columnRangeFilter: {
      familyName: PIECE_FAMILY,
      startQualifierClosed: Buffer.from(pieceColumn(pieces.first), "latin1"),
      endQualifierClosed: Buffer.from(pieceColumn(pieces.last), "latin1"),
    },
  };
  return {
    interleave: { filters: [chained([length, newest]), chained([columns, newest])] },
  };
}

/** The length of a blob, of which at least that was read; `undefined` when the row is none. */
export function lengthOf({ key, cells }: ReceivedRow): number | undefined {
  const cell = cells.find(({ family }) => family === LENGTH_FAMILY);
  if (cell === undefined) return undefined;
  if (cell.value.byteLength !== LENGTH_BYTES) {
    throw new StorageError("damaged", `length of a blob has another size key=${key}`);
  }
  const { buffer, byteOffset } = cell.value;
  return Number(new DataView(buffer, byteOffset, LENGTH_BYTES).getBigUint64(0));
}

/**
 * The bytes of a blob that lie in `range`, in memory of their own; `undefined` when the row is no blob.
 *
 * @throws {StorageError} `damaged` when a piece is missing or has another size
 */
export function blobPart(row: ReceivedRow, range: ByteRange | undefined): Uint8Array | undefined {
  const length = lengthOf(row);
  if (length === undefined) return undefined;
  const start = Math.min(range?.offset ?? 0, length);
  const end = Math.min(start + (range?.length ?? length), length);
  const piece = createPieceReader(row, length);
  const first = Math.floor(start / PIECE_BYTES);
  if (end > start && end <= (first + 1) * PIECE_BYTES) {
    const offset = first * PIECE_BYTES;
    return ownedBytes(piece(first).subarray(start - offset, end - offset));
  }
  const part = new Uint8Array(end - start);
  for (let at = start; at < end;) {
    const number = Math.floor(at / PIECE_BYTES);
    const offset = number * PIECE_BYTES;
    const until = Math.min(end, offset + PIECE_BYTES);
    part.set(piece(number).subarray(at - offset, until - offset), at - start);
    at = until;
  }
  return part;
}

/** Gives the pieces that a row has, by number. */
function createPieceReader(
  { key, cells }: ReceivedRow,
  length: number,
): (number: number) => Uint8Array {
  const pieces = new Map<string, Uint8Array>();
  for (const { family, qualifier, value } of cells) {
    if (family === PIECE_FAMILY) pieces.set(qualifier, value);
  }
  return (number) => {
    const bytes = pieces.get(pieceColumn(number));
    if (bytes?.byteLength !== Math.min(PIECE_BYTES, length - number * PIECE_BYTES)) {
      throw new StorageError(
        "damaged",
        `piece of a blob is missing or has another size key=${key} piece=${number}`,
      );
    }
    return bytes;
  };
}

const MAX_PIECE = 16 ** PIECE_DIGITS - 1;

/** The numbers of the pieces in which bytes of `range` can lie; `undefined` when there are none. */
function piecesOf({ offset, length }: ByteRange): { first: number; last: number } | undefined {
  const first = Math.floor(offset / PIECE_BYTES);
  if (length === 0 || first > MAX_PIECE) return undefined;
  return { first, last: Math.min(Math.floor((offset + length - 1) / PIECE_BYTES), MAX_PIECE) };
}

function pieceColumn(number: number): string {
  return number.toString(16).padStart(PIECE_DIGITS, "0");
}

function setCell(familyName: string, column: string, value: Uint8Array): ProtoMutation {
  return {
    setCell: {
      familyName,
      columnQualifier: Buffer.from(column, "latin1"),
      timestampMicros: TIMESTAMP_MICROS,
      value,
    },
  };
}

import type { Cell, FamilyName } from "@foretile/storage";

import { keyBytes, type ScanBounds } from "./key-bytes.ts";

/*
 * A cell's key in `cells`: table NUL row NUL family NUL qualifier NUL time, where time is 2^53 − 1 − microseconds as 64
 * bits, big-endian. NUL is below every character of the names, so cells sort by table, row, family, qualifier, and
 * newest first.
 */
const NUL = "\0";
const TIME_BYTES = 8;

/** Where a cell is, without its table. */
export interface CellPlace {
  readonly row: string;
  readonly family: FamilyName;
  readonly qualifier: string;
  readonly timestampMicros: number;
}

export function cellKey(
  table: string,
  row: string,
  cell: Pick<Cell, "family" | "qualifier" | "timestampMicros">,
): Buffer {
  const column = keyBytes([table, row, cell.family, cell.qualifier, ""].join(NUL));
  const key = Buffer.allocUnsafe(column.byteLength + TIME_BYTES);
  key.set(column);
  key.writeBigUInt64BE(BigInt(Number.MAX_SAFE_INTEGER - cell.timestampMicros), column.byteLength);
  return key;
}

/** Reads a key that {@link cellKey} made. */
export function parseCellKey(key: Uint8Array): CellPlace {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  const timeStart = bytes.byteLength - TIME_BYTES;
  // The last NUL before the time ends the qualifier and is left out.
  const [, row = "", family = "", qualifier = ""] = bytes
    .toString("latin1", 0, timeStart - 1)
    .split(NUL);
  const timestampMicros = Number.MAX_SAFE_INTEGER - Number(bytes.readBigUInt64BE(timeStart));
  return { row, family, qualifier, timestampMicros };
}

/** Every key that starts with these names in full. */
export function namesBounds(...names: readonly string[]): Required<ScanBounds> {
  const prefix = names.join(NUL);
  return { start: keyBytes(`${prefix}${NUL}`), end: keyBytes(`${prefix}\x01`) };
}

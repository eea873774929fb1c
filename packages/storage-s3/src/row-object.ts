import { StorageError, type Cell } from "@foretile/storage";

/*
 * The cells of a row, in their order, as the value of a record: one byte 1, then for each cell
 *
 *     u8 length of the family, u16 length of the qualifier, u32 length of the value, u64 microseconds,
 *     family, qualifier, value
 *
 * with numbers in little-endian order.
 */

const FORMAT = 1;
const CELL_BYTES = 15;

export function encodeRow(cells: readonly Cell[]): Uint8Array {
  const length = cells.reduce(
    (sum, { family, qualifier, value }) =>
      sum + CELL_BYTES + family.length + qualifier.length + value.byteLength,
    1,
  );
  const bytes = Buffer.alloc(length);
  bytes[0] = FORMAT;
  let offset = 1;
  for (const { family, qualifier, value, timestampMicros } of cells) {
    bytes.writeUInt8(family.length, offset);
    bytes.writeUInt16LE(qualifier.length, offset + 1);
    bytes.writeUInt32LE(value.byteLength, offset + 3);
    bytes.writeBigUInt64LE(BigInt(timestampMicros), offset + 7);
    offset += CELL_BYTES;
    offset += bytes.write(family, offset, "latin1");
    offset += bytes.write(qualifier, offset, "latin1");
    bytes.set(value, offset);
    offset += value.byteLength;
  }
  return bytes;
}

/**
 * The cells; their values are views of `bytes`.
 *
 * @throws {StorageError} `damaged`, `format-too-new`
 */
export function decodeRow(name: string, bytes: Uint8Array<ArrayBuffer>): readonly Cell[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const format = view[0] ?? 0;
  if (format > FORMAT) {
    throw new StorageError(
      "format-too-new",
      `row was written by a newer release, upgrade to read it name=${name} format=${format}`,
    );
  }
  if (format < FORMAT) throw damaged(name);
  const cells: Cell[] = [];
  let offset = 1;
  while (offset + CELL_BYTES <= view.byteLength) {
    const familyEnd = offset + CELL_BYTES + view.readUInt8(offset);
    const qualifierEnd = familyEnd + view.readUInt16LE(offset + 1);
    const end = qualifierEnd + view.readUInt32LE(offset + 3);
    cells.push({
      family: view.toString("latin1", offset + CELL_BYTES, familyEnd),
      qualifier: view.toString("latin1", familyEnd, qualifierEnd),
      timestampMicros: Number(view.readBigUInt64LE(offset + 7)),
      value: bytes.subarray(qualifierEnd, end),
    });
    offset = end;
  }
  if (offset !== view.byteLength) throw damaged(name);
  return cells;
}

function damaged(name: string): StorageError {
  return new StorageError("damaged", `row is not what was written name=${name}`);
}

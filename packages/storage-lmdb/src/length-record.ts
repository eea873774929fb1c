const RECORD_BYTES = 8;

/** A blob's length as it stands in `blob-lengths`: 64 bits, little-endian. */
export function encodeLength(length: number): Uint8Array {
  const record = Buffer.alloc(RECORD_BYTES);
  record.writeBigUInt64LE(BigInt(length));
  return record;
}

export function decodeLength(record: Uint8Array): number {
  return Number(viewOf(record).getBigUint64(0, true));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

import type { KeyRange } from "@foretile/storage";

/** A key or the end of a range as LMDB gets it: one byte per ASCII character, compared byte by byte. */
export function keyBytes(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** The text of a key that {@link keyBytes} made. */
export function keyText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** The bounds of a scan: `start` inclusive, `end` exclusive. */
export interface ScanBounds {
  readonly start?: Uint8Array;
  readonly end?: Uint8Array;
}

/** `undefined` for a range that holds no key. */
export function scanBounds(range: KeyRange): ScanBounds | undefined {
  const { gte, lt } = range;
  if (lt === "" || (gte !== undefined && lt !== undefined && gte >= lt)) return undefined;
  return {
    // LMDB has no empty key; a missing bound means the same.
    ...(gte === undefined || gte === "" ? {} : { start: keyBytes(gte) }),
    ...(lt === undefined ? {} : { end: keyBytes(lt) }),
  };
}

/** The bounds of what lies after `key`: no key is between a key and the key with a NUL appended. */
export function boundsAfter(key: Uint8Array, bounds: ScanBounds): ScanBounds {
  return { ...bounds, start: Buffer.concat([key, Uint8Array.of(0)]) };
}

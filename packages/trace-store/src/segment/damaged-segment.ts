import { TraceStoreError } from "../trace-store-error.ts";

/** Bytes that are what was written, going by their hash, and yet cannot be read. */
export function damagedSegment(what: string): TraceStoreError {
  return new TraceStoreError("tile-damaged", `segment of a tile cannot be read, ${what}`);
}

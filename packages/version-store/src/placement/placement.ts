import { VersionStoreError } from "../version-store-error.ts";
import { MAX_PACK_BYTES, MIN_PACK_BYTES } from "./pack-layout.ts";

/**
 * Where the segments of new versions go. Whatever it is, every version can be read: entries say where their segments
 * are.
 *
 * - `segments`: each is a blob of its own
 * - `packs`: those of a transaction follow each other in large blobs, for stores that count requests
 * - `cells`: those with a cell address are cells of the store's tables, the others blobs
 */
export type PlacementName = "segments" | "packs" | "cells";

export const PLACEMENTS: readonly PlacementName[] = ["segments", "packs", "cells"];

export const DEFAULT_PLACEMENT: PlacementName = "segments";

/** Large enough that requests hardly count, small enough that a few of them fit in memory. */
const DEFAULT_PACK_BYTES = 32 * 1024 * 1024;

/** Where segments go, fixed when the library is made. */
export interface Placement {
  readonly placement: PlacementName;
  /** The largest pack in bytes; `undefined` unless the placement is `packs`. */
  readonly packBytes: number | undefined;
}

export interface PlacementOptions {
  /** Default: `segments`. */
  readonly placement?: PlacementName | undefined;
  /** The largest pack in bytes, only with the placement `packs`. Default: 32 MiB. */
  readonly packBytes?: number | undefined;
}

/**
 * Makes the placement of a new library.
 *
 * @throws {VersionStoreError} `invalid-argument` for an unknown name or an impossible size
 */
export function placementOf({
  placement = DEFAULT_PLACEMENT,
  packBytes,
}: PlacementOptions = {}): Placement {
  if (!PLACEMENTS.includes(placement)) {
    throw invalid(
      `there is no such placement placement=${JSON.stringify(placement)} known=${PLACEMENTS.join(",")}`,
    );
  }
  if (placement !== "packs") {
    if (packBytes === undefined) return { placement, packBytes };
    throw invalid(`only packs have a size placement=${placement} pack_bytes=${packBytes}`);
  }
  const bytes = packBytes ?? DEFAULT_PACK_BYTES;
  if (Number.isInteger(bytes) && bytes >= MIN_PACK_BYTES && bytes <= MAX_PACK_BYTES) {
    return { placement, packBytes: bytes };
  }
  throw invalid(
    `pack size must be an integer in range least=${MIN_PACK_BYTES} most=${MAX_PACK_BYTES} pack_bytes=${bytes}`,
  );
}

function invalid(message: string): VersionStoreError {
  return new VersionStoreError("invalid-argument", message);
}

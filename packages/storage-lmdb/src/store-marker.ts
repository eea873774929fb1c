import { StorageError } from "@foretile/storage";

import { copyValue, type BytesDatabase } from "./database.ts";
import { keyBytes } from "./key-bytes.ts";

const KIND = "foretile";
const FORMAT = 1;

// Place and shape of the marker are the same in every format, so that every release recognises every store.
const markerKey = keyBytes("store");

/** Names the folder a store of this format. Last step of making one; runs inside a write transaction. */
export function writeMarker(meta: BytesDatabase): void {
  meta.putSync(markerKey, Buffer.from(JSON.stringify({ kind: KIND, format: FORMAT })));
}

/**
 * Checks that the `meta` database is that of a store which this release can read.
 *
 * @throws {StorageError} `not-a-store`, `format-too-new`
 */
export function checkMarker(meta: BytesDatabase, path: string): void {
  const format = readFormat(copyValue(meta, markerKey));
  if (format === undefined) {
    throw new StorageError("not-a-store", `folder holds another LMDB database path=${path}`);
  }
  if (format > FORMAT) {
    throw new StorageError(
      "format-too-new",
      `store was made by a newer release, upgrade to open it path=${path} format=${format} known=${FORMAT}`,
    );
  }
}

function readFormat(bytes: Uint8Array | undefined): number | undefined {
  if (bytes === undefined) return undefined;
  try {
    const marker: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof marker !== "object" || marker === null) return undefined;
    if (!("kind" in marker) || marker.kind !== KIND || !("format" in marker)) return undefined;
    const { format } = marker;
    return typeof format === "number" && Number.isSafeInteger(format) ? format : undefined;
  } catch {
    return undefined;
  }
}

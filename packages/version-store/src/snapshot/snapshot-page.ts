import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import { readDocument } from "../document/blob-documents.ts";
import { SNAPSHOT_PAGE_KIND } from "../document/document-kind.ts";
import { DocumentReader } from "../document/document-reader.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import {
  decodeVersionEntries,
  encodeVersionEntries,
  type VersionEntry,
} from "../version/version-entry.ts";
import type { SnapshotPagePointer } from "./snapshot-record.ts";

/** A symbol and the version of it that a snapshot pins. */
export interface PinnedVersion {
  readonly symbol: string;
  readonly entry: VersionEntry;
}

/** Versions are encoded one per list, since the versions of different symbols do not increase. */
export function encodeSnapshotPage(pins: readonly PinnedVersion[]): DocumentValue {
  return {
    symbols: pins.map(({ symbol }) => symbol),
    entries: pins.map(({ entry }) => encodeVersionEntries([entry])),
  };
}

/** @throws {VersionStoreError} `data-integrity`, `format-too-new` */
export async function readSnapshotPage(
  context: LibraryContext,
  pointer: SnapshotPagePointer,
  options?: CallOptions,
): Promise<PinnedVersion[]> {
  const { blobs, documents } = context;
  const value = await readDocument(blobs, documents, SNAPSHOT_PAGE_KIND, pointer.page, options);
  const reader = new DocumentReader(value, "snapshot page");
  const symbols = reader.texts("symbols");
  const entries = reader.records("entries", (entry) =>
    decodeVersionEntries(entry, "snapshot page"),
  );
  const pins = symbols.flatMap((symbol, index): PinnedVersion[] => {
    const [entry, ...more] = entries[index] ?? [];
    return entry === undefined || more.length > 0 ? [] : [{ symbol, entry }];
  });
  if (
    pins.length !== pointer.count ||
    entries.length !== pointer.count ||
    pins[0]?.symbol !== pointer.firstSymbol
  ) {
    throw new VersionStoreError(
      "data-integrity",
      `snapshot page holds other versions than its snapshot says key=${pointer.page.key}`,
      { details: { key: pointer.page.key } },
    );
  }
  return pins;
}

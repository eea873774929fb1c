import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import { readDocument } from "../document/blob-documents.ts";
import { REMOVED_PAGE_KIND } from "../document/document-kind.ts";
import { DocumentReader } from "../document/document-reader.ts";
import type { LibraryContext } from "../library/library-context.ts";
import {
  decodeVersionEntries,
  encodeVersionEntries,
  type VersionEntry,
} from "../version/version-entry.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { Removal } from "./head.ts";

/** The page of a removal: the entries that were taken out of the head, oldest first. */
export function encodeRemovedPage(entries: readonly VersionEntry[]): DocumentValue {
  return { entries: encodeVersionEntries(entries) };
}

/**
 * The versions of a removal, oldest first.
 *
 * @throws {VersionStoreError} `data-integrity`, also when a collector was there first; `format-too-new`
 */
export async function readRemovedPage(
  context: LibraryContext,
  { page, count }: Pick<Removal, "page" | "count">,
  options?: CallOptions,
): Promise<VersionEntry[]> {
  const { blobs, documents } = context;
  const value = await readDocument(blobs, documents, REMOVED_PAGE_KIND, page, options);
  const reader = new DocumentReader(value, REMOVED_PAGE_KIND.name);
  const entries = decodeVersionEntries(reader.record("entries"), REMOVED_PAGE_KIND.name);
  if (entries.length === count) return entries;
  throw new VersionStoreError(
    "data-integrity",
    `page of removed versions holds another number of them than its head says key=${page.key}`,
    { details: { key: page.key, wanted: count, found: entries.length } },
  );
}

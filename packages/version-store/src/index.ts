/**
 * Immutable versions of named symbols, each published by one compare-and-set.
 *
 * ```ts
 * import { openMemoryStore } from "@foretile/storage/memory";
 * import { createLibrary } from "@foretile/version-store";
 *
 * await using store = openMemoryStore();
 * const library = await createLibrary({ store });
 * await using transaction = await library.begin("greeting");
 * const segment = await transaction.putSegment(bytes, hash);
 * await transaction.commit(() => ({
 *   manifest: { handler: "text", body: {}, segments: [segment] },
 *   identity: bytes,
 *   rawBytes: bytes.length,
 * }));
 * const version = await library.read("greeting");
 * ```
 *
 * @module
 */
export { type CommitResult, Transaction, type VersionContent } from "./commit/transaction.ts";
export type { DocumentPointer } from "./document/blob-documents.ts";
export { CONTENT_HASH_BYTES, contentHash, equalBytes, toHex } from "./document/content-hash.ts";
export { DocumentReader } from "./document/document-reader.ts";
export { MAX_SYMBOL_BYTES } from "./library/keys.ts";
export {
  createLibrary,
  openLibrary,
  type Library,
  type LibraryOptions,
  type ReadSegmentOptions,
  type ReadVersionOptions,
  type SymbolEntry,
} from "./library/library.ts";
export type { LibraryConfig } from "./library/library-config.ts";
export {
  SEGMENT_HASH_BYTES,
  segmentEntryKey,
  type Manifest,
  type SegmentEntry,
} from "./manifest/manifest.ts";
export type { Version } from "./version/read-version.ts";
export type { VersionEntry } from "./version/version-entry.ts";
export {
  VersionStoreError,
  isVersionStoreError,
  type VersionStoreErrorCode,
} from "./version-store-error.ts";

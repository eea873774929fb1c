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
 * const version = await library.resolve("greeting");
 * ```
 *
 * @module
 */
export type { CommitBase } from "./commit/commit-base.ts";
export { MAX_MESSAGE_BYTES, MAX_USER_BYTES, type CommitOptions } from "./commit/commit-options.ts";
export type { IntentKind } from "./commit/intent.ts";
export type { CommitResult } from "./commit/queued-commit.ts";
export { Transaction, type TransactionOptions } from "./commit/transaction.ts";
export type {
  NewContent,
  NoContent,
  SharedContent,
  VersionContent,
} from "./commit/version-content.ts";
export type { DocumentPointer } from "./document/blob-documents.ts";
export { CONTENT_HASH_BYTES, contentHash, equalBytes, toHex } from "./document/content-hash.ts";
export { DocumentReader } from "./document/document-reader.ts";
export type { LibraryOptions } from "./library/create-context.ts";
export { MAX_NAME_BYTES } from "./library/keys.ts";
export {
  createLibrary,
  openLibrary,
  type CreateLibraryOptions,
  type Library,
  type ListSymbolsOptions,
  type OpenLibraryOptions,
  type ReadSegmentOptions,
  type SymbolEntry,
} from "./library/library.ts";
export { DEFAULT_TIMES, type LibraryConfig, type LibraryTimes } from "./library/library-config.ts";
export {
  SEGMENT_HASH_BYTES,
  segmentEntryKey,
  type Manifest,
  type SegmentEntry,
} from "./manifest/manifest.ts";
export type { LoadedSegmentPage } from "./manifest/segment-pages.ts";
export type { SegmentPagePointer, StoredManifest } from "./manifest/stored-manifest.ts";
export type { AsOf } from "./version/as-of.ts";
export type { Operation } from "./version/operation.ts";
export type { Version, VersionRecord } from "./version/read-version.ts";
export type { ResolveOptions } from "./version/resolve-version.ts";
export type { VersionEntry } from "./version/version-entry.ts";
export {
  VersionStoreError,
  isVersionStoreError,
  type VersionStoreErrorCode,
} from "./version-store-error.ts";

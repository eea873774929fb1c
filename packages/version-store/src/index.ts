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
export type { AuditOptions, AuditResult } from "./audit/audit.ts";
export type { AuditEntry } from "./audit/newest-entries.ts";
export type { ReadItem } from "./batch/read-batch.ts";
export type { BatchResult } from "./batch/run-batch.ts";
export type { WriteItem } from "./batch/write-batch.ts";
export type {
  CheckLevel,
  CheckOptions,
  CheckProgress,
  CheckReport,
  SegmentVerifier,
} from "./check/check-options.ts";
export type { RepairFinding, RepairOptions, RepairReport } from "./check/repair-options.ts";
export type { Finding, FindingCounts, FindingKind, FindingSeverity } from "./check/finding.ts";
export type { CollectOptions, CollectProgress } from "./collect/collect-options.ts";
export type {
  AreaTotals,
  BlobTotals,
  CollectReport,
  OwnerTotals,
  RequestTotals,
  StrandedVersion,
} from "./collect/collect-report.ts";
export type { CommitBase } from "./commit/commit-base.ts";
export {
  MAX_MESSAGE_BYTES,
  MAX_USER_BYTES,
  type CommitOptions,
  type RepeatedCommit,
} from "./commit/commit-options.ts";
export type { IntentKind } from "./commit/intent.ts";
export type { CommitResult } from "./commit/queued-commit.ts";
export {
  Transaction,
  type PutSegmentOptions,
  type TransactionOptions,
} from "./commit/transaction.ts";
export type {
  NewContent,
  NoContent,
  RepeatedContent,
  SharedContent,
  VersionContent,
} from "./commit/version-content.ts";
export type {
  CopiedVersions,
  CellAssigner,
  CopyOptions,
  CopyProblem,
  CopyProblemKind,
  CopyProgress,
  CopyReport,
  CopySource,
} from "./copy/copy-options.ts";
export type { DocumentPointer } from "./document/blob-documents.ts";
export { CONTENT_HASH_BYTES, contentHash, equalBytes, toHex } from "./document/content-hash.ts";
export { DocumentReader } from "./document/document-reader.ts";
export type { Handler } from "./handler/handler.ts";
export type { Reconciled, RowwiseOperations, SchemaPolicy } from "./handler/rowwise-operations.ts";
export type { Layout, Selection, StoredBlock, StoredForm } from "./handler/stored-form.ts";
export type { LibraryOptions } from "./library/create-context.ts";
export { MAX_NAME_BYTES } from "./library/keys.ts";
export {
  createLibrary,
  openLibrary,
  type CreateLibraryOptions,
  type Library,
  type OpenLibraryOptions,
} from "./library/library.ts";
export type { Copying } from "./library/copying.ts";
export type { Maintenance } from "./library/maintenance.ts";
export type { Reading } from "./library/reading.ts";
export type { Retaining } from "./library/retaining.ts";
export type { Snapshots } from "./library/snapshots.ts";
export type { Transactions } from "./library/transactions.ts";
export {
  PLACEMENTS,
  type Placement,
  type PlacementName,
  type PlacementOptions,
} from "./placement/placement.ts";
export {
  MAX_READ_BYTES,
  planReads,
  type ReadStep,
  type SegmentGroup,
  type SegmentRead,
} from "./placement/plan-reads.ts";
export { readPackIndex, verifyPack, type PackedSegment } from "./placement/read-pack-index.ts";
export type { ReadSegmentOptions } from "./placement/read-segment.ts";
export type { LendMemory, ReadSegmentsOptions } from "./placement/read-segments.ts";
export type { SegmentGroupResult } from "./placement/step-segments.ts";
export type {
  CellAddress,
  CellLocation,
  PackLocation,
  SegmentLocation,
} from "./placement/segment-location.ts";
export type { Versions } from "./library/versions.ts";
export type { Writing } from "./library/writing.ts";
export type { Composition } from "./preset/composition.ts";
export type { CompositionOptions } from "./preset/composition-of.ts";
export { PRESETS, type PresetName, type PresetParameters } from "./preset/preset.ts";
export type { Codec, Compressor, Filter } from "./segment/codec/codec.ts";
export type { Part } from "./segment/part.ts";
export type { EncodedSegment, SegmentCodec } from "./segment/segment-codec.ts";
export {
  DEFAULT_TIMES,
  formatOf,
  LIBRARY_FORMAT,
  type LibraryConfig,
  type LibraryTimes,
} from "./library/library-config.ts";
export {
  SEGMENT_HASH_BYTES,
  segmentEntryKey,
  segmentOwnerKey,
  type Manifest,
  type SegmentEntry,
} from "./manifest/manifest.ts";
export type { LoadedSegmentPage } from "./manifest/segment-pages.ts";
export type { SegmentPagePointer, StoredManifest } from "./manifest/stored-manifest.ts";
export type { ValueStructure, VersionInfo } from "./read/get-info.ts";
export type { ReadOptions } from "./read/open-read.ts";
export type { ReadPiece } from "./read/read-pieces.ts";
export type { ReadResult } from "./read/read.ts";
export type { RowSelection } from "./read/row-selection.ts";
export type { VersionFacts } from "./read/version-facts.ts";
export type { DeletedVersion, DeleteVersionOptions } from "./retention/delete-version.ts";
export type { DeleteSymbolOptions } from "./retention/delete-symbol.ts";
export type { KeepEvery, RetentionPolicy } from "./retention/policy.ts";
export type {
  PruneFailure,
  PruneLibraryOptions,
  PruneOutcome,
  PruneReport,
} from "./retention/prune-library.ts";
export type { PruneOptions, PruneResult } from "./retention/prune.ts";
export type { UndeletedSymbol } from "./retention/undelete.ts";
export type {
  CreatedSnapshot,
  CreateSnapshotOptions,
  SnapshotInfo,
} from "./snapshot/create-snapshot.ts";
export type { ListedSnapshot } from "./snapshot/list-snapshots.ts";
export type { PinnedVersion } from "./snapshot/snapshot-page.ts";
export type { FinalizeOptions } from "./stage/finalize-options.ts";
export type { StageToken } from "./stage/stage-token.ts";
export type { StageOptions } from "./stage/stage.ts";
export type {
  ClosedEnds,
  IndexBound,
  IndexBounds,
  IndexFacts,
  IndexRange,
} from "./value/index-bounds.ts";
export type { RowRange } from "./value/row-range.ts";
export type {
  BoolColumn,
  Column,
  ColumnInput,
  ColumnType,
  NumericColumn,
  StringColumn,
} from "./value/column.ts";
export type { NumericArray, NumericType } from "./value/element-type.ts";
export {
  Frame,
  frame,
  type Cell,
  type FrameIndex,
  type FrameInput,
  type TimeUnit,
} from "./value/frame.ts";
export { NdArray, ndarray, type NdArrayInput } from "./value/nd-array.ts";
export type { AsOf } from "./version/as-of.ts";
export type { ListSymbolsOptions, SymbolEntry } from "./version/list-symbols.ts";
export type { ListedVersion, ListVersionsOptions } from "./version/list-versions.ts";
export type { Operation } from "./version/operation.ts";
export type { Version, VersionRecord } from "./version/read-version.ts";
export type { ResolveOptions } from "./version/resolve-version.ts";
export type { VersionEntry } from "./version/version-entry.ts";
export type { AppendOptions } from "./write/append-options.ts";
export type { RestoreOptions } from "./write/restore-version.ts";
export type { StoreResult } from "./write/store-result.ts";
export type { DeleteRangeOptions, UpdateOptions, UpdateRange } from "./write/update-options.ts";
export type { WriteMetadataOptions } from "./write/write-metadata.ts";
export type { WriteOptions } from "./write/write.ts";
export {
  VersionStoreError,
  isVersionStoreError,
  type VersionStoreErrorCode,
} from "./version-store-error.ts";

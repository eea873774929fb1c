/**
 * What a store promises: three small contracts, their capabilities and their errors.
 *
 * ```ts
 * import { toKey } from "@foretile/storage";
 * import { openMemoryStore } from "@foretile/storage/memory";
 *
 * await using store = openMemoryStore();
 * await store.blobs.putNew(toKey("greeting"), new TextEncoder().encode("hello"));
 * ```
 *
 * @module
 */
export type {
  BlobEntry,
  BlobPiece,
  BlobStore,
  BlobStoreCapabilities,
  ByteRange,
  CallOptions,
  GetBlobOptions,
  ListBlobsOptions,
} from "./blob-store.ts";
export { MAX_KEY_BYTES, inKeyRange, prefixRange, toKey, type Key, type KeyRange } from "./key.ts";
export type { ProbeFinding, ProvisionStep } from "./provisioning.ts";
export type {
  CompareAndSetResult,
  ListRefsOptions,
  Ref,
  RefEntry,
  RefStore,
  RefStoreCapabilities,
  RefToken,
} from "./ref-store.ts";
export type {
  Cell,
  CellMutation,
  ConditionalRowMutation,
  FamilyName,
  GarbageRule,
  ReadRowsOptions,
  Row,
  RowFilter,
  RowMutation,
  RowPredicate,
  RowSelection,
  RowStatus,
  RowStore,
  RowStoreCapabilities,
} from "./row-store.ts";
export { StorageError, isStorageError, type StorageErrorCode } from "./storage-error.ts";
export type { Store } from "./store.ts";

import type { Key, KeyRange } from "./key.ts";

/** What a blob store can do. Copied once at open; it does not change afterwards. */
export interface BlobStoreCapabilities {
  /** The largest blob in bytes. */
  readonly maxBlobBytes: number;
  /**
   * Whether a `putNew` that meets *other* bytes under its key is refused with `conflict`.
   * Stores that cannot tell simply store: callers use keys that nobody else uses.
   */
  readonly detectsConflicts: boolean;
  /** Whether a resolved write survives a power loss. */
  readonly durable: boolean;
}

/** A piece of a blob, half-open: bytes `offset` to `offset + length`. */
export interface ByteRange {
  /** Bytes from the start of the blob, ≥ 0. */
  readonly offset: number;
  /** Bytes, ≥ 0. */
  readonly length: number;
}

export interface BlobEntry {
  readonly key: Key;
  /** Bytes of the blob. */
  readonly length: number;
}

export interface CallOptions {
  /**
   * Ends the call with `aborted`. A signal that was aborted before the call leaves everything as it is; later, what
   * was already handed to the service may still happen.
   */
  readonly signal?: AbortSignal | undefined;
}

export interface GetBlobOptions extends CallOptions {
  /** Default: the whole blob. */
  readonly range?: ByteRange | undefined;
}

/** One piece of one blob, and the caller's memory for it. */
export interface BlobPiece {
  readonly key: Key;
  /** Bytes from the start of the blob, a safe integer ≥ 0. */
  readonly offset: number;
  /** Receives the blob's bytes from `offset` on, as many as it has room for. */
  readonly into: Uint8Array;
}

export interface ListBlobsOptions extends CallOptions {
  /** The most entries in one batch, 1 to 10 000. Default 1 000. */
  readonly batchSize?: number | undefined;
}

/**
 * Immutable bytes by key.
 *
 * Arguments are only read during the call (until its promise settles); results belong to the caller and are never
 * shared with the store or another caller. All calls may run concurrently. Failures always arrive as rejections, also
 * for wrong arguments: no method throws by itself.
 */
export interface BlobStore {
  readonly capabilities: BlobStoreCapabilities;

  /**
   * Stores `bytes` under a key that was not used before. Resolved means stored, and durable where the store says so.
   * Repeating a call with equal bytes succeeds, so an unknown outcome may simply be repeated.
   *
   * @throws {StorageError} `conflict` when other bytes are there (see `detectsConflicts`), `too-large`, `full`,
   *   `read-only`, `closed`, `aborted`, `unavailable`, `timeout`
   */
  putNew(key: Key, bytes: Uint8Array, options?: CallOptions): Promise<void>;

  /**
   * The bytes of a blob, or of the part of `range` that lies inside it; `undefined` when there is no such key.
   * A range that starts at or after the end gives zero bytes.
   *
   * @throws {StorageError} `invalid-argument` for a range that is not of non-negative safe integers, `damaged`,
   *   `closed`, `aborted`, `unavailable`, `timeout`
   */
  get(key: Key, options?: GetBlobOptions): Promise<Uint8Array | undefined>;

  /**
   * Reads pieces of blobs into memory that the caller lends until the promise settles. After an error anything may be in
   * it.
   *
   * Only there in stores that have every byte at hand, where a call for each blob and fresh memory for its bytes cost
   * more than the bytes. Others are asked with `get`, several at a time; layers, which may give up a call that is still
   * under way, never have it.
   *
   * @param pieces whose memory does not overlap
   * @returns for each piece, how many bytes its blob has from `offset` on, also when there was no room for all of them;
   *   `undefined` when there is no such key
   * @throws {StorageError} `invalid-argument` for an offset that is no non-negative safe integer, `damaged`, `closed`,
   *   `aborted`, `unavailable`
   */
  readInto?(
    pieces: readonly BlobPiece[],
    options?: CallOptions,
  ): Promise<readonly (number | undefined)[]>;

  /**
   * Deletes blobs; keys that are not there, or named twice, are fine. Not atomic: after an error any part may be gone,
   * and the call may be repeated.
   */
  deleteMany(keys: readonly Key[], options?: CallOptions): Promise<void>;

  /**
   * The entries of a range in key order, in batches (never an empty one). Entries that are written or deleted while
   * the listing runs may or may not appear; every other entry appears exactly once. Iterate a result once; leaving
   * the loop early ends its work.
   *
   * @throws {StorageError} from the iteration: `invalid-argument` for a range or batch size outside what is
   *   documented, `closed`, `aborted`, `unavailable`, `timeout`
   */
  list(range: KeyRange, options?: ListBlobsOptions): AsyncIterable<readonly BlobEntry[]>;
}

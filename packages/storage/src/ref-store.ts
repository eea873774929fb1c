import type { CallOptions } from "./blob-store.ts";
import type { Key, KeyRange } from "./key.ts";

export interface RefStoreCapabilities {
  /** The largest value in bytes. */
  readonly maxValueBytes: number;
  /** Whether a resolved write survives a power loss. */
  readonly durable: boolean;
}

/**
 * Names one state of one record. Opaque and comparable only by the store that gave it.
 * A token never comes back: a record that returns to an earlier value has another token.
 */
export type RefToken = string & { readonly __refToken: unique symbol };

export interface Ref {
  /** Belongs to the caller. */
  readonly value: Uint8Array;
  readonly token: RefToken;
}

export interface RefEntry extends Ref {
  readonly key: Key;
}

/** `swapped: false` is an answer, not an error: the record was not in the expected state. */
export type CompareAndSetResult =
  | { readonly swapped: true; readonly token: RefToken | undefined }
  | { readonly swapped: false };

export interface ListRefsOptions extends CallOptions {
  /** The most entries in one batch, 1 to 1 000. Default 100. */
  readonly batchSize?: number | undefined;
}

/**
 * Small mutable records, changed only by compare-and-set. Every operation on one key is linearizable.
 *
 * Values passed in are only read during the call; results belong to the caller. Failures always arrive as rejections.
 */
export interface RefStore {
  readonly capabilities: RefStoreCapabilities;

  /** The record and its token, or `undefined`. */
  read(key: Key, options?: CallOptions): Promise<Ref | undefined>;

  /**
   * Replaces the record if it is still in the state named by `expected`.
   *
   * @param expected the token that was read, or `undefined` for "must not exist". A token of another record, or of an
   *   earlier state, fits nothing
   * @param next the new value (which may be empty), or `undefined` to delete the record
   * @returns whether it was replaced, with the new token (`undefined` after a delete)
   * @throws {StorageError} `invalid-argument` when `expected` and `next` are both missing, `too-large`, `full`,
   *   `read-only`, `closed`, `aborted`, `unavailable`, `timeout`. With `retry: "unknown-outcome"` when it cannot be
   *   known whether it was replaced; read the record back then. Never retried by the store itself.
   */
  compareAndSet(
    key: Key,
    expected: RefToken | undefined,
    next: Uint8Array | undefined,
    options?: CallOptions,
  ): Promise<CompareAndSetResult>;

  /** The records of a range in key order, in batches (never an empty one), each as it was at some moment of the call. */
  list(range: KeyRange, options?: ListRefsOptions): AsyncIterable<readonly RefEntry[]>;
}

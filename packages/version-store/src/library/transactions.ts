import type { ByteRange, CallOptions } from "@foretile/storage";
import { Transaction, type TransactionOptions } from "../commit/transaction.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import { readSegment } from "../manifest/read-segment.ts";
import type { Version } from "../version/read-version.ts";
import { resolveVersion, type ResolveOptions } from "../version/resolve-version.ts";
import type { LibraryContext } from "./library-context.ts";

export interface ReadSegmentOptions extends CallOptions {
  /** Only this part of the segment. */
  readonly range?: ByteRange | undefined;
}

/** For packages with content of their own kind: what the typed values are made with, too. */
export interface Transactions {
  /** Starts a change of one symbol: segments first, then one commit. */
  begin(symbol: string, options?: TransactionOptions): Promise<Transaction>;

  /**
   * Resolves one version of a symbol, every document checked.
   *
   * @throws {VersionStoreError} `no-data-found`, `no-such-snapshot`, `data-integrity`, `format-too-new`
   */
  resolve(symbol: string, options?: ResolveOptions): Promise<Version>;

  /**
   * The bytes of a segment, unchecked: what the entry's hash covers is known to its handler.
   *
   * @returns bytes that belong to the caller, as many as asked for
   * @throws {VersionStoreError} `data-integrity` when the segment is missing or has another length
   */
  readSegment(segment: SegmentEntry, options?: ReadSegmentOptions): Promise<Uint8Array>;
}

export function createTransactions(context: LibraryContext): Transactions {
  return {
    begin: (symbol, options) => Transaction.begin(context, symbol, options),
    resolve: (symbol, options) => resolveVersion(context, symbol, options),
    readSegment: (segment, options) => readSegment(context, segment, options),
  };
}

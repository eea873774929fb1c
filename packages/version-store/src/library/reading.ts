import type { CallOptions } from "@foretile/storage";
import { readBatch, type ReadItem } from "../batch/read-batch.ts";
import type { BatchResult } from "../batch/run-batch.ts";
import { getInfo, type VersionInfo } from "../read/get-info.ts";
import { hasSymbol, readMetadata } from "../read/read-metadata.ts";
import type { VersionFacts } from "../read/version-facts.ts";
import type { ResolveOptions } from "../version/resolve-version.ts";
import { head, read, tail, type ReadResult } from "../read/read.ts";
import type { ReadOptions } from "../read/open-read.ts";
import { readPieces, type ReadPiece } from "../read/read-pieces.ts";
import type { LibraryContext } from "./library-context.ts";

/** Reading values. */
export interface Reading {
  /**
   * Reads a value or a part of it. Only the segments that hold what is wanted are fetched, and each is checked.
   *
   * A range that meets nothing gives no rows, with the schema kept. The fetched bytes and the value are in memory at
   * the same time: read what is larger in ranges, or with {@link readPieces}.
   *
   * @typeParam V what the caller knows it to be: `Frame`, `NdArray`, or any other value; not checked
   * @returns a value that belongs to the caller, and the version it is of
   * @throws {VersionStoreError} `no-data-found`, `no-such-snapshot`, `no-such-column`, `not-append-only`;
   *   `invalid-range` for a reversed range, `invalid-argument` for a range of a value that has none; `data-integrity`
   *   naming the segment that is missing or damaged, `version-expired` when the version was removed and collected
   *   meanwhile, `unsupported-capability` for a version that is no typed value
   */
  read<V = unknown>(symbol: string, options?: ReadOptions): Promise<ReadResult<V>>;

  /** The first `rows` rows; fetches no more than these need. Fails as {@link read}. */
  head<V = unknown>(
    symbol: string,
    rows: number,
    options?: Omit<ReadOptions, "rowRange">,
  ): Promise<ReadResult<V>>;

  /** The last `rows` rows; fetches no more than these need. Fails as {@link read}. */
  tail<V = unknown>(
    symbol: string,
    rows: number,
    options?: Omit<ReadOptions, "rowRange">,
  ): Promise<ReadResult<V>>;

  /**
   * Reads a value or a part of it piece by piece, in row order, with a bounded number of bytes in memory. Ending the
   * iteration early ends the fetching. Nothing wanted gives no piece at all.
   *
   * @throws {VersionStoreError} from the iteration, as {@link read}
   */
  readPieces<V = unknown>(symbol: string, options?: ReadOptions): AsyncIterable<ReadPiece<V>>;

  /**
   * Reads several values, a few at a time.
   *
   * @returns for each item, in the order given, its result or why it failed
   */
  readBatch(
    items: readonly ReadItem[],
    options?: CallOptions,
  ): Promise<readonly BatchResult<ReadResult>[]>;

  /**
   * Reads a version's metadata and what else is known of it, without its value.
   *
   * @throws {VersionStoreError} `no-data-found`, `no-such-snapshot`, `data-integrity`, `format-too-new`
   */
  readMetadata(symbol: string, options?: ResolveOptions): Promise<VersionFacts>;

  /**
   * Describes a version from its documents: its kind, types, rows, index range, segments and bytes. No segment is read.
   *
   * @throws {VersionStoreError} `no-data-found`, `no-such-snapshot`, `data-integrity`, `format-too-new`
   */
  getInfo(symbol: string, options?: ResolveOptions): Promise<VersionInfo>;

  /**
   * Whether there is such a version with a value.
   *
   * @throws {VersionStoreError} `invalid-argument`, `data-integrity`, `format-too-new`
   */
  hasSymbol(symbol: string, options?: ResolveOptions): Promise<boolean>;
}

export function createReading(context: LibraryContext): Reading {
  return {
    read: <V>(symbol: string, options?: ReadOptions) =>
      read(context, symbol, options) as Promise<ReadResult<V>>,
    head: <V>(symbol: string, rows: number, options?: Omit<ReadOptions, "rowRange">) =>
      head(context, symbol, rows, options) as Promise<ReadResult<V>>,
    tail: <V>(symbol: string, rows: number, options?: Omit<ReadOptions, "rowRange">) =>
      tail(context, symbol, rows, options) as Promise<ReadResult<V>>,
    readPieces: <V>(symbol: string, options?: ReadOptions) =>
      readPieces(context, symbol, options) as AsyncIterable<ReadPiece<V>>,
    readBatch: (items, options) => readBatch(context, items, options),
    readMetadata: (symbol, options) => readMetadata(context, symbol, options),
    getInfo: (symbol, options) => getInfo(context, symbol, options),
    hasSymbol: (symbol, options) => hasSymbol(context, symbol, options),
  };
}

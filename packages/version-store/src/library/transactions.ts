import { Transaction, type TransactionOptions } from "../commit/transaction.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import { readSegment, type ReadSegmentOptions } from "../placement/read-segment.ts";
import type { SegmentGroup } from "../placement/plan-reads.ts";
import { readSegments, type ReadSegmentsOptions } from "../placement/read-segments.ts";
import type { SegmentGroupResult } from "../placement/step-segments.ts";
import type { SegmentCodec } from "../segment/segment-codec.ts";
import { readVersion, type Version } from "../version/read-version.ts";
import { resolveEntry, resolveVersion, type ResolveOptions } from "../version/resolve-version.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "./library-context.ts";

/** For packages with content of their own kind: what the typed values are made with, too. */
export interface Transactions {
  /** What typed values are written and read with: parts to a segment's bytes by the library's codecs, and back. */
  readonly segmentCodec: SegmentCodec;

  /** Starts a change of one symbol: segments first, then one commit. */
  begin(symbol: string, options?: TransactionOptions): Promise<Transaction>;

  /**
   * Resolves one version of a symbol, every document checked.
   *
   * @throws {VersionStoreError} `no-data-found`, `no-such-snapshot`, `data-integrity`, `format-too-new`
   */
  resolve(symbol: string, options?: ResolveOptions): Promise<Version>;

  /**
   * Like {@link resolve}, but only what the symbol's record says: one read of it tells whether a version that was read
   * before is still the newest.
   *
   * @throws {VersionStoreError} `no-data-found`, `no-such-snapshot`, `data-integrity`, `format-too-new`
   */
  resolveEntry(symbol: string, options?: ResolveOptions): Promise<VersionEntry>;

  /**
   * The version that an entry points at, every document checked. When it was removed and collected since the entry was
   * read, its documents are missing.
   *
   * @throws {VersionStoreError} `data-integrity`, `format-too-new`; `no-data-found` for a `delete`
   */
  readVersion(symbol: string, entry: VersionEntry, options?: CallOptions): Promise<Version>;

  /**
   * The bytes of a segment, unchecked: what the entry's hash covers is known to its handler.
   *
   * @returns bytes that belong to the caller, as many as asked for
   * @throws {VersionStoreError} `data-integrity` when the segment is missing or has another length
   */
  readSegment(segment: SegmentEntry, options?: ReadSegmentOptions): Promise<Uint8Array>;

  /**
   * Reads many segments with few requests, a bounded number of bytes ahead of whoever takes them: neighbours in a pack
   * and cells of one table come together, up to 8 MiB at a time. Unchecked like those of {@link readSegment}. Groups in
   * the order in which they are stored cost the fewest requests.
   *
   * @param groups segments that are wanted together, such as those of one tile
   * @returns one result for each group, in their order; what is missing or cut off is a result
   * @throws from the iteration, what the store throws when it does not answer
   */
  readSegments(
    groups: readonly SegmentGroup[],
    options?: ReadSegmentsOptions,
  ): AsyncIterable<SegmentGroupResult>;
}

export function createTransactions(context: LibraryContext): Transactions {
  return {
    begin: (symbol, options) => Transaction.begin(context, symbol, options),
    segmentCodec: context.codec,
    resolve: (symbol, options) => resolveVersion(context, symbol, options),
    resolveEntry: (symbol, options) => resolveEntry(context, symbol, options),
    readVersion: (symbol, entry, options) => readVersion(context, symbol, entry, options),
    readSegment: (segment, options) => readSegment(context, segment, options),
    readSegments: (groups, options) => readSegments(context, groups, options),
  };
}

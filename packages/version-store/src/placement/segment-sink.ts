import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions, Key } from "@foretile/storage";
import type { SegmentEntry } from "../manifest/manifest.ts";
import type { CellAddress } from "./segment-location.ts";

/** One segment to be stored. */
export interface NewSegment {
  readonly bytes: Uint8Array;
  /** 16 bytes by which readers will know these bytes. */
  readonly hash: Uint8Array;
  /** The handler's own words about the segment. */
  readonly facts: DocumentValue;
  /** Where it goes in a library whose placement is `cells`; others do not look at it. Default: no cell. */
  readonly cell?: CellAddress | undefined;
}

/** The transaction that a sink stores for. */
export interface SinkOwner {
  readonly transactionId: string;
  /** Notes a blob before its upload: a failed call may still have stored it. */
  own(key: Key): void;
  /** To be asked before an upload. @throws {VersionStoreError} `transaction-expired` */
  renewWhenDue(): Promise<void>;
}

/** Takes the segments of one transaction and stores them as the library's placement says. */
export interface SegmentSink {
  /**
   * Takes one segment. When it resolves, the bytes are stored, or copied and on their way; it waits for uploads under
   * way, never for another `put`. Calls may overlap; the caller bounds how many.
   */
  put(segment: NewSegment, options?: CallOptions): Promise<SegmentEntry>;
  /**
   * Takes one segment without waiting, whatever is under way: for few small ones. Never a cell.
   *
   * @returns the entry, and when the segment is stored as far as {@link flush} does not tell
   */
  start(
    segment: NewSegment,
    options?: CallOptions,
  ): { readonly entry: SegmentEntry; readonly stored: Promise<void> };
  /**
   * Stores whatever was taken and is not stored yet. What failed is tried again, with the same bytes under the same
   * keys.
   *
   * @throws why the first of it could not be stored; everything is kept for another try
   */
  flush(): Promise<void>;
  /** Resolves when no upload runs, whatever became of them. */
  settle(): Promise<void>;
}

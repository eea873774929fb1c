import type { Part } from "./part.ts";

/** A segment and its hash, both the caller's. */
export interface EncodedSegment {
  readonly bytes: Uint8Array;
  /** XXH3-128 of everything before it, 16 bytes: the segment's last bytes once more. */
  readonly hash: Uint8Array;
}

/**
 * Parts to a segment's bytes and back, bit for bit. docs/formats/segment-v1.md has the format. Synchronous; keeps
 * working memory between calls, so use one per thread. Arguments are only read, and only during the call.
 */
export interface SegmentCodec {
  /** Names of the codecs that {@link encode} applies, in order. Empty: parts are stored as they are. */
  readonly chain: readonly string[];

  /**
   * Writes a segment. A part that the chain does not make smaller is stored as it is.
   *
   * @param parts any number, also none; each a whole number of elements, at any alignment
   * @throws {VersionStoreError} `invalid-argument` for bytes that are no whole elements, and for more raw bytes or
   *   parts than the codec's limits
   */
  encode(parts: readonly Part[]): EncodedSegment;

  /**
   * Verifies a segment and reads it, whatever chain of known codecs it was written with.
   *
   * @param bytes exactly one segment, at any alignment
   * @param expectedHash what {@link encode} gave
   * @returns the parts; those that are stored as they are may be views of `bytes`
   * @throws {VersionStoreError} `data-integrity` when the bytes are not what was written or are over the codec's limits,
   *   `format-too-new`, `unsupported-capability` for a codec that is not known here
   */
  decode(bytes: Uint8Array, expectedHash: Uint8Array): Part[];

  /**
   * Checks that the bytes are the segment that they should be, without decoding it.
   *
   * @throws {VersionStoreError} `data-integrity`, `format-too-new`
   */
  verify(bytes: Uint8Array, expectedHash: Uint8Array): void;
}

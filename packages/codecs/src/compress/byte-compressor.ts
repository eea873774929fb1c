/** A general-purpose compressor, injected so that the main entry needs no native module. */
export interface ByteCompressor {
  /** @returns the compressed form; the caller only reads it before the next call */
  compress(bytes: Uint8Array): Uint8Array;
  /**
   * Must not allocate more than `exactLength` for its result, whatever the bytes claim.
   *
   * @returns exactly `exactLength` bytes; the caller only reads them before the next call
   * @throws when the bytes do not decompress to exactly `exactLength` bytes
   */
  decompress(bytes: Uint8Array, exactLength: number): Uint8Array;
}

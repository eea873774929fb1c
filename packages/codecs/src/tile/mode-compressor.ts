import { CodecError, isCodecError } from "../codec-error.ts";
import type { ByteCompressor } from "../compress/byte-compressor.ts";

/** The injected compressor of one mode; every call of it fails typed. */
export class ModeCompressor {
  readonly #mode: string;
  readonly #entry: string;
  readonly #compressor: ByteCompressor | undefined;

  /** @param entry where its users find a compressor */
  constructor(mode: string, entry: string, compressor: ByteCompressor | undefined) {
    this.#mode = mode;
    this.#entry = entry;
    this.#compressor = compressor;
  }

  /**
   * @returns what the caller only reads before the next call
   * @throws {CodecError} `missing-compressor`
   */
  compress(bytes: Uint8Array): Uint8Array {
    return this.#required().compress(bytes);
  }

  /**
   * @returns exactly `exactLength` bytes, which the caller only reads before the next call
   * @throws {CodecError} `missing-compressor`, `damaged`
   */
  decompress(bytes: Uint8Array, exactLength: number): Uint8Array {
    const compressor = this.#required();
    let found: Uint8Array;
    try {
      found = compressor.decompress(bytes, exactLength);
    } catch (error) {
      if (isCodecError(error)) throw error;
      throw new CodecError("damaged", `panel does not decompress mode=${this.#mode}`, {
        cause: error,
      });
    }
    if (found.length === exactLength) return found;
    throw new CodecError(
      "damaged",
      `panel decompresses to another length mode=${this.#mode} expected=${exactLength} found=${found.length}`,
    );
  }

  #required(): ByteCompressor {
    if (this.#compressor !== undefined) return this.#compressor;
    throw new CodecError(
      "missing-compressor",
      `mode needs a compressor: pass the one of ${this.#entry} mode=${this.#mode}`,
    );
  }
}

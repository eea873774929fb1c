import { VersionStoreError } from "../../version-store-error.ts";
import type { Part } from "../part.ts";
import type { CodecChain } from "./codec-chain.ts";
import { Scratch } from "./scratch.ts";

/** Takes the bytes of a part through codec chains, with working memory that is used again. */
export class ChainCoder {
  readonly #scratches = [new Scratch(), new Scratch()] as const;

  /**
   * @returns the encoded bytes, valid until the next call; `undefined` when they are not fewer than the part's
   */
  encode({ filters, compressor }: CodecChain, part: Part): Uint8Array | undefined {
    const { elementBytes } = part;
    if (compressor === undefined || part.bytes.length === 0) return undefined;
    let bytes = part.bytes;
    for (const [index, filter] of filters.entries()) {
      const target = this.#scratch(index, bytes.length);
      filter.encode(bytes, elementBytes, target);
      bytes = target;
    }
    const encoded = compressor.compress(bytes);
    return encoded.length < part.bytes.length ? encoded : undefined;
  }

  /**
   * Undoes {@link encode}.
   *
   * @param rawLength of the part, already found to be within bounds
   * @returns fresh bytes
   * @throws {VersionStoreError} `data-integrity` when the bytes do not decode to exactly `rawLength`
   */
  decode(
    { names, filters, compressor }: CodecChain,
    encoded: Uint8Array,
    elementBytes: Part["elementBytes"],
    rawLength: number,
  ): Uint8Array {
    if (compressor === undefined) {
      throw new VersionStoreError("data-integrity", "part is encoded but the chain is empty");
    }
    let bytes: Uint8Array;
    try {
      bytes = compressor.decompress(encoded, rawLength);
    } catch (cause) {
      throw undecodable(names, cause);
    }
    if (bytes.length !== rawLength) {
      throw undecodable(names, undefined, ` wanted=${rawLength} found=${bytes.length}`);
    }
    // The compressor may use its memory again.
    if (filters.length === 0) return new Uint8Array(bytes);
    for (const [index, filter] of filters.toReversed().entries()) {
      const isLast = index === filters.length - 1;
      const target = isLast ? new Uint8Array(rawLength) : this.#scratch(index, rawLength);
      filter.decode(bytes, elementBytes, target);
      bytes = target;
    }
    return bytes;
  }

  /** By turns, so that a filter's source and target are not the same. */
  #scratch(index: number, length: number): Uint8Array {
    return this.#scratches[index % 2 === 0 ? 0 : 1].take(length);
  }
}

function undecodable(names: readonly string[], cause: unknown, facts = ""): VersionStoreError {
  return new VersionStoreError(
    "data-integrity",
    `part does not decode to its declared length chain=${names.join(",")}${facts}`,
    { cause },
  );
}

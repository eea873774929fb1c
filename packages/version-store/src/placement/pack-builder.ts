import type { Checksum } from "@foretile/codecs";
import {
  alignUp,
  FOOTER_BYTES,
  FOOTER_COUNT_AT,
  FOOTER_HASH_AT,
  FOOTER_VERSION_AT,
  INDEX_ENTRY_BYTES,
  PACK_MAGIC,
  PACK_VERSION,
  packBytesOf,
} from "./pack-layout.ts";

const FIRST_CAPACITY = 64 * 1024;

interface IndexEntry {
  readonly offset: number;
  readonly length: number;
  readonly hash: Uint8Array;
}

/** One pack that is being filled. Grows with what is in it, up to its largest size. */
export class PackBuilder {
  readonly #checksum: Checksum;
  readonly #maxBytes: number;
  readonly #entries: IndexEntry[] = [];
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param maxBytes of the whole pack */
  constructor(checksum: Checksum, maxBytes: number) {
    this.#checksum = checksum;
    this.#maxBytes = maxBytes;
    this.#bytes = new Uint8Array(Math.min(FIRST_CAPACITY, maxBytes));
  }

  /** Whether another segment has room. */
  fits(length: number): boolean {
    const end = alignUp(this.#length) + length;
    return packBytesOf(end, this.#entries.length + 1) <= this.#maxBytes;
  }

  /**
   * Copies a segment that fits to the end of the pack.
   *
   * @returns its offset
   */
  add(segment: Uint8Array): number {
    const offset = alignUp(this.#length);
    this.#length = offset + segment.length;
    this.#reserve(packBytesOf(this.#length, this.#entries.length + 1));
    this.#bytes.set(segment, offset);
    this.#entries.push({
      offset,
      length: segment.length,
      hash: this.#checksum.hash128(segment),
    });
    return offset;
  }

  /** The whole pack, with its index. Nothing can be added any more. */
  seal(): Uint8Array {
    const indexAt = alignUp(this.#length);
    const footerAt = indexAt + this.#entries.length * INDEX_ENTRY_BYTES;
    const length = footerAt + FOOTER_BYTES;
    this.#reserve(length);
    const bytes = this.#bytes.subarray(0, length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    for (const [index, entry] of this.#entries.entries()) {
      const at = indexAt + index * INDEX_ENTRY_BYTES;
      view.setBigUint64(at, BigInt(entry.offset), true);
      view.setBigUint64(at + 8, BigInt(entry.length), true);
      bytes.set(entry.hash, at + 16);
    }
    for (let index = 0; index < PACK_MAGIC.length; index += 1) {
      bytes[footerAt + index] = PACK_MAGIC.charCodeAt(index);
    }
    view.setUint16(footerAt + FOOTER_VERSION_AT, PACK_VERSION, true);
    view.setBigUint64(footerAt + FOOTER_COUNT_AT, BigInt(this.#entries.length), true);
    const hashAt = footerAt + FOOTER_HASH_AT;
    bytes.set(this.#checksum.hash128(bytes.subarray(indexAt, hashAt)), hashAt);
    return bytes;
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const capacity = Math.min(this.#maxBytes, Math.max(length, 2 * this.#bytes.length));
    const bytes = new Uint8Array(capacity);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

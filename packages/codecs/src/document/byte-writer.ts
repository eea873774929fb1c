import { CodecError } from "../codec-error.ts";

const FIRST_BYTES = 256;
/** Documents are small records; this only keeps every length inside 32 bits. */
const MAX_BYTES = 2 ** 30;

/** A growing array of bytes; numbers are big-endian, as msgpack has them. */
export class ByteWriter {
  #bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  #view: DataView = new DataView(this.#bytes.buffer, 0, FIRST_BYTES);
  #length = 0;

  /** A copy of what was written. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  bytes(bytes: Uint8Array): void {
    const start = this.#grow(bytes.length);
    this.#bytes.set(bytes, start);
  }

  uint8(value: number): void {
    const start = this.#grow(1);
    this.#view.setUint8(start, value);
  }

  /** Takes negative numbers too: they are written in two's complement, as in all the methods below. */
  uint16(value: number): void {
    const start = this.#grow(2);
    this.#view.setUint16(start, value);
  }

  uint32(value: number): void {
    const start = this.#grow(4);
    this.#view.setUint32(start, value);
  }

  uint64(value: bigint): void {
    const start = this.#grow(8);
    this.#view.setBigUint64(start, value);
  }

  float64(value: number): void {
    const start = this.#grow(8);
    this.#view.setFloat64(start, value);
  }

  /** Makes room for `count` more bytes and returns where they start. Replaces the array and its view when it grows. */
  #grow(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > MAX_BYTES) {
      throw new CodecError("too-large", `document is over the limit limit=${MAX_BYTES}`);
    }
    if (this.#length > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      bytes.set(this.#bytes.subarray(0, start));
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, 0, bytes.length);
    }
    return start;
  }
}

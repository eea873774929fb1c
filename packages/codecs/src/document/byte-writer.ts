const FIRST_BYTES = 256;

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
    this.#bytes.set(bytes, this.#grow(bytes.length));
  }

  uint8(value: number): void {
    this.#view.setUint8(this.#grow(1), value);
  }

  /** Takes negative numbers too: they are written in two's complement, as in all the methods below. */
  uint16(value: number): void {
    this.#view.setUint16(this.#grow(2), value);
  }

  uint32(value: number): void {
    this.#view.setUint32(this.#grow(4), value);
  }

  uint64(value: bigint): void {
    this.#view.setBigUint64(this.#grow(8), value);
  }

  float64(value: number): void {
    this.#view.setFloat64(this.#grow(8), value);
  }

  /** Makes room for `count` more bytes and returns where they start. */
  #grow(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      bytes.set(this.#bytes.subarray(0, start));
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, 0, bytes.length);
    }
    return start;
  }
}

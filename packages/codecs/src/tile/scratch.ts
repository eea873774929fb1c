/** Working memory that grows to the largest size asked for and is used again. */
export class Scratch {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  /** The first `length` bytes, 16-byte aligned, with the content of earlier uses. Valid until the next call. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(length);
    return this.#bytes.subarray(0, length);
  }
}

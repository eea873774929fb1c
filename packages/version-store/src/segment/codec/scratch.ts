/** More is not kept between calls. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** Working memory that grows with what is asked for and is used again, up to a bound. */
export class Scratch {
  #bytes: Uint8Array = new Uint8Array(0);

  /** `length` bytes from an aligned start on, with the content of earlier uses. Valid until the next call. */
  take(length: number): Uint8Array {
    if (length > KEPT_BYTES) return new Uint8Array(length);
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(length);
    return this.#bytes.subarray(0, length);
  }
}

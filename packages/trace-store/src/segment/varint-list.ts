import { isCodecError, readVarint, varintBytes, writeVarint } from "@foretile/codecs";
import { damagedSegment } from "./damaged-segment.ts";

/** Unsigned varints, one after the other, in memory that grows. */
export class VarintList {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** @param value an integer in [0, 2^53) */
  push(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow();
    if (value < 0x80 && value >= 0) {
      this.#bytes[this.#length] = value;
      this.#length += 1;
      return;
    }
    this.#length = writeVarint(this.#bytes, this.#length, value);
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** What was pushed, as a view. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(): void {
    const bytes = new Uint8Array(2 * this.#bytes.length);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

/** Reads what a {@link VarintList} wrote, and fails with `tile-damaged` on anything else. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** @param most the greatest value that makes sense */
  next(most: number): number {
    const byte = this.#bytes[this.#at];
    let value: number;
    if (byte !== undefined && byte < 0x80) {
      value = byte;
      this.#at += 1;
    } else {
      value = this.#read();
      this.#at += varintBytes(value);
    }
    if (value > most) throw damagedSegment(`a number is out of range most=${most} found=${value}`);
    return value;
  }

  /** Checks that nothing is left. */
  end(): void {
    if (!this.isAtEnd) throw damagedSegment("a list of numbers has more than were announced");
  }

  #read(): number {
    try {
      return readVarint(this.#bytes, this.#at);
    } catch (error) {
      if (!isCodecError(error)) throw error;
      throw damagedSegment("a list of numbers is cut off or malformed");
    }
  }
}

import { TraceStoreError } from "../../trace-store-error.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Reads the parts of which Go's `encoding/gob` makes its messages, and never beyond the end. */
export class GobReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** A number of at most 53 bits: up to 127 in one byte, otherwise a count of bytes, negated, and these, big-endian. */
  uint(): number {
    const [first = 0] = this.take(1);
    if (first < 0x80) return first;
    let value = 0;
    for (const byte of this.take(0x100 - first)) value = value * 0x100 + byte;
    if (!Number.isSafeInteger(value)) throw damagedGob("number is too large");
    return value;
  }

  /** A number with a sign, which is the lowest bit. */
  int(): number {
    const value = this.uint();
    const half = Math.floor(value / 2);
    return value % 2 === 0 ? half : -half - 1;
  }

  /** How many items follow, of which each takes at least a byte. */
  count(): number {
    const count = this.uint();
    if (count > this.left) throw damagedGob("more items are announced than there is room for");
    return count;
  }

  text(): string {
    const bytes = this.take(this.uint());
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw damagedGob("text is not UTF-8", cause);
    }
  }

  texts(): string[] {
    return Array.from({ length: this.count() }, () => this.text());
  }

  /** The message that begins here, without its length. */
  message(): GobReader {
    return new GobReader(this.take(this.uint()));
  }

  /** A view. */
  private take(length: number): Uint8Array {
    if (length > this.left) throw damagedGob("it ends early");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** Writes what {@link GobReader} reads, into memory that grows. */
export class GobWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  uint(value: number): this {
    if (value < 0x80) return this.raw([value]);
    const digits: number[] = [];
    for (let rest = value; rest > 0; rest = Math.floor(rest / 0x100)) digits.unshift(rest % 0x100);
    return this.raw([0x100 - digits.length, ...digits]);
  }

  int(value: number): this {
    return this.uint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  text(value: string): this {
    // A unit of UTF-16 has at most three bytes; most texts have one for each, and a length of one byte before them.
    this.reserve(value.length * 3 + 1);
    const { written } = encoder.encodeInto(value, this.#bytes.subarray(this.#length + 1));
    if (written >= 0x80) return this.uint(written).raw(encoder.encode(value));
    this.#bytes[this.#length] = written;
    this.#length += written + 1;
    return this;
  }

  texts(values: readonly string[]): this {
    this.uint(values.length);
    for (const value of values) this.text(value);
    return this;
  }

  /** What `write` writes, after its length. */
  message(write: (message: GobWriter) => void): this {
    const message = new GobWriter();
    write(message);
    return this.uint(message.#length).raw(message.#bytes.subarray(0, message.#length));
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  private raw(bytes: ArrayLike<number>): this {
    this.reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  private reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * (this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

export function damagedGob(what: string, cause?: unknown): TraceStoreError {
  return new TraceStoreError("tile-damaged", `bytes are no dictionary: ${what}`, { cause });
}

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

/** Writes what {@link GobReader} reads. */
export class GobWriter {
  readonly #chunks: Uint8Array[] = [];

  uint(value: number): this {
    return this.raw(uintBytes(value));
  }

  int(value: number): this {
    return this.uint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  text(value: string): this {
    const bytes = encoder.encode(value);
    return this.uint(bytes.length).raw(bytes);
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
    const bytes = message.bytes();
    return this.uint(bytes.length).raw(bytes);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#chunks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  private raw(bytes: Uint8Array): this {
    this.#chunks.push(bytes);
    return this;
  }
}

export function damagedGob(what: string, cause?: unknown): TraceStoreError {
  return new TraceStoreError("tile-damaged", `bytes are no dictionary: ${what}`, { cause });
}

function uintBytes(value: number): Uint8Array {
  if (value < 0x80) return Uint8Array.of(value);
  const digits: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 0x100)) digits.unshift(rest % 0x100);
  return Uint8Array.of(0x100 - digits.length, ...digits);
}

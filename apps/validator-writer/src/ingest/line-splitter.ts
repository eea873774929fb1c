import { LineBuffers } from "./line-buffers.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const nothing = new Uint8Array(0);

/** So much longer than the line before may one be without being copied. */
const LINE_SLACK_BYTES = 64 * 1024;

/**
 * A line of the input. `bytes` is valid until the next line is asked for; where they lie in the buffers of the splitter,
 * their memory may be given away instead. Lines count from 1.
 */
export type Line =
  | { readonly type: "line"; readonly number: number; readonly bytes: Uint8Array }
  | { readonly type: "too-long"; readonly number: number; readonly byteCount: number };

export interface LineSplitterOptions {
  /** The longest line in bytes, without its line feed. */
  readonly maxLineBytes: number;
  /** Where lines are put together that come in several pieces. Default: memory of its own. */
  readonly buffers?: LineBuffers | undefined;
}

/**
 * Cuts a stream of bytes into lines, in time linear in the bytes and in memory bounded by the longest allowed line.
 *
 * A line that lies within one piece of the input is given as a view of it; only the ends of pieces are copied. A line
 * over the limit is not collected: its bytes are skipped up to the next line feed and it comes out as `too-long`.
 * A carriage return before the line feed is dropped. A last line without a line feed counts.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  readonly #buffers: LineBuffers;
  /** The start of a line whose end has not come yet; reused from line to line. */
  #carry: Uint8Array = new Uint8Array(0);
  #carriedBytes = 0;
  /** Of the last line that came in several pieces: the next one is as long, as a rule. */
  #lastCarriedBytes = 0;
  /** Bytes of the current line so far, carried or skipped. */
  #lineBytes = 0;
  #number = 0;

  constructor(options: LineSplitterOptions) {
    this.#maxLineBytes = options.maxLineBytes;
    this.#buffers = options.buffers ?? new LineBuffers();
  }

  /** The lines that end in `piece`. The iteration must be run to its end before the next call. */
  *push(piece: Uint8Array): Generator<Line, void, undefined> {
    let from = 0;
    while (from < piece.length) {
      const lineFeed = piece.indexOf(LINE_FEED, from);
      const part = piece.subarray(from, lineFeed === -1 ? piece.length : lineFeed);
      this.#lineBytes += part.length;
      const whole = lineFeed !== -1 && this.#carriedBytes === 0;
      if (!whole && this.#lineBytes <= this.#maxLineBytes) this.#append(part);
      if (lineFeed === -1) return;
      if (!whole) this.#lastCarriedBytes = this.#carriedBytes;
      yield this.#finish(whole ? part : this.#carried());
      from = lineFeed + 1;
    }
  }

  /** The last line, when the input did not end in a line feed. */
  *end(): Generator<Line, void, undefined> {
    if (this.#lineBytes > 0) yield this.#finish(this.#carried());
  }

  #finish(bytes: Uint8Array): Line {
    const byteCount = this.#lineBytes;
    this.#lineBytes = 0;
    this.#carriedBytes = 0;
    this.#number += 1;
    if (byteCount > this.#maxLineBytes)
      return { type: "too-long", number: this.#number, byteCount };
    const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
    return { type: "line", number: this.#number, bytes: bytes.subarray(0, end) };
  }

  #carried(): Uint8Array {
    // There can be no view of memory that was given away.
    return this.#carriedBytes === 0 ? nothing : this.#carry.subarray(0, this.#carriedBytes);
  }

  #append(part: Uint8Array): void {
    const needed = this.#carriedBytes + part.length;
    if (needed > this.#carry.length) {
      // Doubling keeps the copying linear in the length of the line. Memory that was given away has no length.
      const usual = this.#carry.length === 0 ? this.#lastCarriedBytes + LINE_SLACK_BYTES : 0;
      const wanted = Math.max(needed, usual, 2 * this.#carry.length);
      const grown = this.#buffers.take(Math.min(this.#maxLineBytes, wanted));
      grown.set(this.#carried());
      this.#carry = grown;
    }
    this.#carry.set(part, this.#carriedBytes);
    this.#carriedBytes = needed;
  }
}

/** The lines of a stream of bytes; see {@link LineSplitter}. */
export async function* splitLines(
  source: AsyncIterable<Uint8Array>,
  options: LineSplitterOptions,
): AsyncGenerator<Line, void, undefined> {
  const splitter = new LineSplitter(options);
  for await (const piece of source) yield* splitter.push(piece);
  yield* splitter.end();
}

import { ScorerError } from "../scorer-error.ts";

/** Far over any `timestamp,price` row; a longer line is some other kind of file. */
const MAX_LINE_BYTES = 1024;

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = "\u{FEFF}";

/**
 * The lines of a text, a batch for each piece of input, without their line ends (`\n` or `\r\n`).
 *
 * Holds one piece and at most one unfinished line in memory. A byte order mark at the start is dropped; bytes that are
 * no UTF-8 become replacement characters.
 *
 * @throws {ScorerError} `price-row-invalid` for a line of more than 1024 bytes
 */
export async function* boundedLines(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly string[], void, undefined> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let lineCount = 0;
  let unfinished: Uint8Array = new Uint8Array(0);

  function takeLine(bytes: Uint8Array): string {
    lineCount += 1;
    const text = decoder.decode(bytes);
    const start = lineCount === 1 && text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
    return text.slice(start, text.endsWith("\r") ? -1 : undefined);
  }

  for await (const piece of pieces) {
    const bytes = unfinished.length === 0 ? piece : joined(unfinished, piece);
    const lines: string[] = [];
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, from);
      if ((end < 0 ? bytes.length : end) - from > MAX_LINE_BYTES) throw lineTooLong(lineCount + 1);
      if (end < 0) break;
      lines.push(takeLine(bytes.subarray(from, end)));
      from = end + 1;
    }
    // A copy: the piece's memory belongs to the stream.
    unfinished = bytes.slice(from);
    yield lines;
  }
  if (unfinished.length > 0) yield [takeLine(unfinished)];
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function lineTooLong(line: number): ScorerError {
  return new ScorerError(
    "price-row-invalid",
    `line is longer than any price row line=${line} maxBytes=${MAX_LINE_BYTES}`,
    { details: { line } },
  );
}

import type { Part } from "../segment/part.ts";
import { checkText } from "../value/column.ts";
import { bytesOf, littleEndian } from "../value/element-bytes.ts";
import type { RowRange } from "../value/row-range.ts";
import { VersionStoreError } from "../version-store-error.ts";

const encoder = new TextEncoder();
// The mark is text like any other here.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes that a text takes in parts: its length as uint32, and its UTF-8. */
export function textBytes(text: string): number {
  let bytes = 4;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes += 1;
    // Surrogates come in pairs of four bytes.
    else bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return bytes;
}

/**
 * Texts as two parts: the lengths of all in bytes, and their UTF-8 one after the other.
 *
 * @throws {VersionStoreError} `invalid-argument` for a lone surrogate
 */
export function encodeTexts(name: string, texts: readonly string[], rows: RowRange): Part[] {
  const lengths = new Uint32Array(rows.to - rows.from);
  let total = 0;
  for (let row = rows.from; row < rows.to; row += 1) {
    const text = texts[row];
    // Again, as the caller may have changed the list since it was checked.
    checkText(name, text);
    const length = textBytes(text) - 4;
    lengths[row - rows.from] = length;
    total += length;
  }
  const bytes = new Uint8Array(total);
  let at = 0;
  for (let row = rows.from; row < rows.to; row += 1) {
    const text = texts[row] as string;
    at += encoder.encodeInto(text, bytes.subarray(at)).written;
  }
  return [
    { bytes: littleEndian(bytesOf(lengths), 4), elementBytes: 4 },
    { bytes, elementBytes: 1 },
  ];
}

/**
 * Adds the texts of some rows to `out`.
 *
 * @param rows how many texts the parts must hold
 * @throws {VersionStoreError} `data-integrity`
 */
export function decodeTexts(
  lengthsPart: Part,
  bytesPart: Part,
  rows: number,
  keep: readonly RowRange[],
  out: string[],
): void {
  const fits =
    lengthsPart.elementBytes === 4 &&
    bytesPart.elementBytes === 1 &&
    lengthsPart.bytes.length === 4 * rows;
  if (!fits) throw damaged(`other parts than ${rows} texts have`);
  const starts = startsOf(lengthsPart.bytes, rows);
  if (starts[rows] !== bytesPart.bytes.length) throw damaged("lengths do not add up");
  for (const { from, to } of keep) {
    for (let row = from; row < to; row += 1) {
      const start = starts[row] as number;
      const end = starts[row + 1] as number;
      out.push(start === end ? "" : decodeText(bytesPart.bytes.subarray(start, end), row));
    }
  }
}

/** Where each text starts, and where the last one ends; exact up to 2^53. */
function startsOf(lengths: Uint8Array, rows: number): Float64Array {
  const view = new DataView(lengths.buffer, lengths.byteOffset, lengths.byteLength);
  const starts = new Float64Array(rows + 1);
  let start = 0;
  for (let row = 0; row < rows; row += 1) {
    start += view.getUint32(4 * row, true);
    starts[row + 1] = start;
  }
  return starts;
}

function decodeText(bytes: Uint8Array, row: number): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw damaged(`not UTF-8 row=${row}`, error);
  }
}

function damaged(what: string, cause?: unknown): VersionStoreError {
  return new VersionStoreError("data-integrity", `stored texts are damaged: ${what}`, { cause });
}

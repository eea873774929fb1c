import { compareUtf8 } from "@foretile/keyspace";
import type { Part } from "@foretile/version-store";
import { ContentId } from "../segment/content-id.ts";
import { damagedSegment } from "../segment/damaged-segment.ts";
import { VarintList, VarintReader } from "../segment/varint-list.ts";
import { MAX_TABLE_ROWS } from "../limits.ts";
import type { TableContent } from "./trace-table.ts";

const PARTS = 4;

/** A table as the parts of its segment; docs/formats/trace-segment-v1.md has the format. */
export function tableToParts(content: TableContent): Part[] {
  const { rows, keys, firstPairs, values, postingRows, postings } = content;
  const counts = new VarintList();
  counts.push(rows);
  counts.push(keys.length);
  for (const key of keys.keys()) {
    counts.push((firstPairs[key + 1] as number) - (firstPairs[key] as number));
  }
  for (const count of postingRows) counts.push(count);
  const encoder = new TextEncoder();
  const lengths = new VarintList();
  const texts = [...keys, ...values].map((text) => encoder.encode(text));
  const text = new Uint8Array(texts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const bytes of texts) {
    lengths.push(bytes.length);
    text.set(bytes, at);
    at += bytes.length;
  }
  return [
    { bytes: counts.bytes, elementBytes: 1 },
    { bytes: lengths.bytes, elementBytes: 1 },
    { bytes: text, elementBytes: 1 },
    { bytes: postings, elementBytes: 1 },
  ];
}

/** Names what a table contains, by the parts of its segment. */
export function tableContentId(content: TableContent): Uint8Array<ArrayBuffer> {
  const id = new ContentId();
  id.add("foretile trace table 1", tableToParts(content));
  return id.finish();
}

/**
 * What {@link tableToParts} wrote, checked as a whole: order of keys, of values and of rows, and that every row has at
 * least one pair and no key twice.
 *
 * @throws {TraceStoreError} `tile-damaged`
 */
export function tableFromParts(parts: readonly Part[]): TableContent {
  const [countPart, lengthPart, textPart, postingPart] = parts;
  if (
    parts.length !== PARTS ||
    countPart === undefined ||
    lengthPart === undefined ||
    textPart === undefined ||
    postingPart === undefined
  ) {
    throw damagedSegment("it is no table");
  }
  const counts = new VarintReader(countPart.bytes);
  const rows = counts.next(MAX_TABLE_ROWS);
  const texts = readTexts(lengthPart.bytes, textPart.bytes);
  const keyCount = counts.next(texts.length);
  const keys = texts.slice(0, keyCount);
  const values = texts.slice(keyCount);
  const firstPairs = new Uint32Array(keyCount + 1);
  for (let key = 0; key < keyCount; key += 1) {
    const first = firstPairs[key] as number;
    firstPairs[key + 1] = first + counts.next(values.length - first);
  }
  if (firstPairs[keyCount] !== values.length)
    throw damagedSegment("it has texts that are no pair's");
  checkOrder(keys, firstPairs, values);
  const postingRows = Uint32Array.from(values, () => counts.next(rows));
  counts.end();
  const postings = postingPart.bytes;
  const postingStarts = checkPostings({ rows, firstPairs, postingRows, postings });
  return { rows, keys, firstPairs, values, postingRows, postingStarts, postings };
}

function readTexts(lengths: Uint8Array, text: Uint8Array): string[] {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const reader = new VarintReader(lengths);
  const texts: string[] = [];
  let at = 0;
  try {
    while (!reader.isAtEnd) {
      const length = reader.next(text.length - at);
      texts.push(decoder.decode(text.subarray(at, at + length)));
      at += length;
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw damagedSegment("its text is not UTF-8");
  }
  if (at !== text.length) throw damagedSegment("it has more text than it says");
  return texts;
}

function checkOrder(
  keys: readonly string[],
  firstPairs: Uint32Array,
  values: readonly string[],
): void {
  if (keys[0] === "" || !isAscending(keys)) throw damagedSegment("its keys are not in order");
  for (const key of keys.keys()) {
    const own = values.slice(firstPairs[key], firstPairs[key + 1]);
    if (own.length === 0 || !isAscending(own)) throw damagedSegment("its values are not in order");
  }
}

function isAscending(texts: readonly string[]): boolean {
  return texts.every((text, index) => index === 0 || compareUtf8(texts[index - 1] ?? "", text) < 0);
}

/** @returns where each posting begins */
function checkPostings({
  rows,
  firstPairs,
  postingRows,
  postings,
}: Pick<TableContent, "rows" | "firstPairs" | "postingRows" | "postings">): Uint32Array {
  const reader = new VarintReader(postings);
  const starts = new Uint32Array(postingRows.length + 1);
  /** The last key that each row was found with, counted from 1. */
  const lastKeys = new Uint32Array(rows);
  let key = 0;
  for (const [pair, count] of postingRows.entries()) {
    while (pair >= (firstPairs[key + 1] as number)) key += 1;
    if (count === 0) throw damagedSegment("a pair has no rows");
    let row = -1;
    for (let index = 0; index < count; index += 1) {
      const step = reader.next(rows);
      if (index > 0 && step === 0) throw damagedSegment("a pair has a row twice");
      row = index === 0 ? step : row + step;
      if (row >= rows) throw damagedSegment("a pair has a row beyond the last");
      if (lastKeys[row] === key + 1) throw damagedSegment("a row has two values of one key");
      lastKeys[row] = key + 1;
    }
    starts[pair + 1] = reader.offset;
  }
  reader.end();
  if (lastKeys.includes(0)) throw damagedSegment("a row has no pairs");
  return starts;
}

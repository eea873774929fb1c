import type { Part } from "@foretile/version-store";
import { MAX_ID_BYTES } from "../limits.ts";
import { damagedSegment } from "../segment/damaged-segment.ts";
import { VarintList, VarintReader } from "../segment/varint-list.ts";
import { partsOfValues, PointValues } from "../values/point-values.ts";
import { POINT, type TraceValueType } from "../trace-values.ts";

/** In `latest`: the row has neither a value nor an invalid point. */
export const NO_LATEST = 0xffff;

/** In `latest`, beside the offset: the point is invalid. */
export const INVALID_LATEST = 0x8000;

/** What is said about one row beside its values. */
export interface RowOptions {
  readonly row: number;
  /** With which offset it came. */
  readonly offset: number;
  /** As `encodeTraceId` writes it; empty when it was cleared. */
  readonly text: string;
}

/** What a run says about each of its rows, so that nothing else must be read for it. */
export interface RunFacts {
  /** For each row: the offset of its last value or invalid point, or {@link NO_LATEST}. */
  readonly latest: Uint16Array;
  /** The value at that point, by row; zero where there is none. */
  readonly latestValues: PointValues;
  /** Rows with deleted points, ascending. */
  readonly deletedRows: Uint32Array;
  /** By row, ascending, at most one each. */
  readonly options: readonly RowOptions[];
}

const textEncoder = new TextEncoder();

/** Facts as the parts of their segment; docs/formats/trace-segment-v1.md has the format. */
export function factsToParts({ latest, latestValues, deletedRows, options }: RunFacts): Part[] {
  const packed = PointValues.create(latestValues.type, latest.length);
  let count = 0;
  for (const [row, offset] of latest.entries()) {
    if (offset >= INVALID_LATEST) continue;
    packed.copy(latestValues, row, count, 1);
    count += 1;
  }
  const texts = new Map<string, number>();
  const optionRows = new VarintList();
  let nextRow = 0;
  for (const { row, offset, text } of options) {
    const number = texts.get(text) ?? texts.size;
    texts.set(text, number);
    optionRows.push(row - nextRow);
    optionRows.push(offset);
    optionRows.push(number);
    nextRow = row + 1;
  }
  const lengths = new VarintList();
  for (const text of texts.keys()) lengths.push(text.length);
  const deleted = new VarintList();
  let nextDeleted = 0;
  for (const row of deletedRows) {
    deleted.push(row - nextDeleted);
    nextDeleted = row + 1;
  }
  const { buffer, byteOffset, byteLength } = latest;
  return [
    { bytes: new Uint8Array(buffer, byteOffset, byteLength), elementBytes: 2 },
    { bytes: deleted.bytes, elementBytes: 1 },
    { bytes: optionRows.bytes, elementBytes: 1 },
    { bytes: lengths.bytes, elementBytes: 1 },
    { bytes: textEncoder.encode([...texts.keys()].join("")), elementBytes: 1 },
    ...packed.slice(0, count).toParts(),
  ];
}

/**
 * What {@link factsToParts} wrote.
 *
 * @throws {TraceStoreError} `tile-damaged`
 */
export function factsFromParts(
  parts: readonly Part[],
  of: { readonly type: TraceValueType; readonly rows: number; readonly tileSize: number },
): RunFacts {
  const [latestPart, deletedPart, optionPart, lengthPart, textPart, ...valueParts] = parts;
  if (
    latestPart === undefined ||
    deletedPart === undefined ||
    optionPart === undefined ||
    lengthPart === undefined ||
    textPart === undefined ||
    valueParts.length !== partsOfValues(of.type) ||
    latestPart.bytes.length !== 2 * of.rows
  ) {
    throw damagedSegment("it holds no facts of its run");
  }
  const latest = new Uint16Array(latestPart.bytes.slice().buffer, 0, of.rows);
  return {
    latest,
    latestValues: spreadValues(latest, of, valueParts),
    deletedRows: readRows(deletedPart.bytes, of.rows),
    options: readOptions(optionPart.bytes, readTexts(lengthPart.bytes, textPart.bytes), of),
  };
}

function spreadValues(
  latest: Uint16Array,
  { type, tileSize }: { readonly type: TraceValueType; readonly tileSize: number },
  parts: readonly Part[],
): PointValues {
  let count = 0;
  for (const offset of latest) {
    if (offset !== NO_LATEST && offset % INVALID_LATEST >= tileSize) {
      throw damagedSegment("a row's last point lies outside its tile");
    }
    if (offset < INVALID_LATEST) count += 1;
  }
  const packed = PointValues.fromParts(type, parts, count);
  if (count === latest.length) return packed;
  const values = PointValues.create(type, latest.length);
  let at = 0;
  for (const [row, offset] of latest.entries()) {
    if (offset >= INVALID_LATEST) continue;
    values.copy(packed, at, row, 1);
    at += 1;
  }
  return values;
}

function readRows(bytes: Uint8Array, rows: number): Uint32Array {
  const reader = new VarintReader(bytes);
  const found: number[] = [];
  let next = 0;
  while (!reader.isAtEnd) {
    const row = next + reader.next(rows);
    if (row >= rows) throw damagedSegment("facts are about a row beyond the last");
    found.push(row);
    next = row + 1;
  }
  return Uint32Array.from(found);
}

function readTexts(lengths: Uint8Array, bytes: Uint8Array): string[] {
  const reader = new VarintReader(lengths);
  const texts: string[] = [];
  let at = 0;
  while (!reader.isAtEnd) {
    const length = reader.next(Math.min(MAX_ID_BYTES, bytes.length - at));
    // Ids are ASCII.
    texts.push(String.fromCharCode(...bytes.subarray(at, at + length)));
    at += length;
  }
  if (at !== bytes.length) throw damagedSegment("facts have more text than they say");
  return texts;
}

function readOptions(
  bytes: Uint8Array,
  texts: readonly string[],
  { rows, tileSize }: { readonly rows: number; readonly tileSize: number },
): RowOptions[] {
  const reader = new VarintReader(bytes);
  const options: RowOptions[] = [];
  let next = 0;
  while (!reader.isAtEnd) {
    const row = next + reader.next(rows);
    if (row >= rows) throw damagedSegment("facts are about a row beyond the last");
    const offset = reader.next(tileSize - 1);
    const text = texts[reader.next(texts.length - 1)];
    if (text === undefined) throw damagedSegment("options have no text");
    options.push({ row, offset, text });
    next = row + 1;
  }
  return options;
}

/** The point of a row that `latest` tells. */
export function latestPoint(
  latest: number,
): { readonly offset: number; readonly state: 1 | 2 } | undefined {
  if (latest === NO_LATEST) return undefined;
  const isInvalid = latest >= INVALID_LATEST;
  return {
    offset: latest % INVALID_LATEST,
    state: isInvalid ? POINT.invalid : POINT.value,
  };
}

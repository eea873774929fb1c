import type { Part } from "@foretile/version-store";
import { MAX_ID_BYTES } from "../limits.ts";
import { countOnes } from "../segment/count-ones.ts";
import { damagedSegment } from "../segment/damaged-segment.ts";
import { VarintList, VarintReader } from "../segment/varint-list.ts";
import { partsOfValues, PointValues } from "../values/point-values.ts";
import type { TraceValueType } from "../trace-values.ts";

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

/** What a run says about its rows, so that nothing else must be read for it. */
export interface RunFacts {
  /** Rows that have a value or an invalid point, ascending; `undefined`: every row. */
  readonly pointRows: Uint32Array | undefined;
  /** For each of them: the offset of its last value or invalid point, plus {@link INVALID_LATEST} when that is invalid. */
  readonly latest: Uint16Array;
  /** For each of them: the value at that point; zero, or `undefined`, when it is invalid. */
  readonly latestValues: PointValues;
  /** Rows with deleted points, ascending. */
  readonly deletedRows: Uint32Array;
  /** By row, ascending, at most one each. */
  readonly options: readonly RowOptions[];
}

const textEncoder = new TextEncoder();

/**
 * Facts as the parts of their segment; docs/formats/trace-segment-v1.md has the format.
 *
 * @param rows of the run
 */
export function factsToParts(rows: number, facts: RunFacts): Part[] {
  const { pointRows, latest, deletedRows, options } = facts;
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
    {
      bytes: pointRows === undefined ? new Uint8Array() : bitsOf(pointRows, rows),
      elementBytes: 1,
    },
    { bytes: new Uint8Array(buffer, byteOffset, byteLength), elementBytes: 2 },
    { bytes: deleted.bytes, elementBytes: 1 },
    { bytes: optionRows.bytes, elementBytes: 1 },
    { bytes: lengths.bytes, elementBytes: 1 },
    { bytes: textEncoder.encode([...texts.keys()].join("")), elementBytes: 1 },
    ...withoutInvalid(facts).toParts(),
  ];
}

function bitsOf(pointRows: Uint32Array, rows: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(rows / 8));
  for (const row of pointRows) bits[row >>> 3] = (bits[row >>> 3] as number) | (1 << (row & 7));
  return bits;
}

function withoutInvalid({ latest, latestValues }: RunFacts): PointValues {
  if (latest.every((offset) => offset < INVALID_LATEST)) return latestValues;
  const packed = PointValues.create(latestValues.type, latest.length);
  let count = 0;
  for (const [place, offset] of latest.entries()) {
    if (offset >= INVALID_LATEST) continue;
    packed.copy(latestValues, place, count, 1);
    count += 1;
  }
  return packed.slice(0, count);
}

/** What facts are of. */
interface FactsOf {
  readonly type: TraceValueType;
  /** Of the run. */
  readonly rows: number;
  readonly tileSize: number;
}

/**
 * What {@link factsToParts} wrote.
 *
 * @throws {TraceStoreError} `tile-damaged`
 */
export function factsFromParts(parts: readonly Part[], of: FactsOf): RunFacts {
  const [rowPart, latestPart, deletedPart, optionPart, lengthPart, textPart, ...valueParts] = parts;
  if (
    rowPart === undefined ||
    latestPart === undefined ||
    deletedPart === undefined ||
    optionPart === undefined ||
    lengthPart === undefined ||
    textPart === undefined ||
    valueParts.length !== partsOfValues(of.type)
  ) {
    throw damagedSegment("it holds no facts of its run");
  }
  const pointRows = rowPart.bytes.length === 0 ? undefined : rowsOfBits(rowPart.bytes, of.rows);
  const count = pointRows?.length ?? of.rows;
  if (latestPart.bytes.length !== 2 * count) {
    throw damagedSegment("it holds facts of another number of rows");
  }
  const latest = new Uint16Array(latestPart.bytes.slice().buffer, 0, count);
  return {
    pointRows,
    latest,
    latestValues: readLatestValues(latest, of, valueParts),
    deletedRows: readRows(deletedPart.bytes, of.rows),
    options: readOptions(optionPart.bytes, readTexts(lengthPart.bytes, textPart.bytes), of),
  };
}

function rowsOfBits(bits: Uint8Array, rows: number): Uint32Array {
  if (bits.length !== Math.ceil(rows / 8)) throw damagedSegment("it holds facts of another run");
  const found = new Uint32Array(countOnes(bits, 0, bits.length));
  let count = 0;
  for (let place = 0; place < bits.length; place += 1) {
    for (let rest = bits[place] as number; rest !== 0; rest &= rest - 1) {
      found[count] = 8 * place + 31 - Math.clz32(rest & -rest);
      count += 1;
    }
  }
  if ((found.at(-1) ?? 0) >= rows) throw damagedSegment("facts are about a row beyond the last");
  return found;
}

/** Values stand beside the points that are values only. */
function readLatestValues(
  latest: Uint16Array,
  { type, tileSize }: FactsOf,
  parts: readonly Part[],
): PointValues {
  let count = 0;
  for (let place = 0; place < latest.length; place += 1) {
    const offset = latest[place] as number;
    if (offset % INVALID_LATEST >= tileSize) {
      throw damagedSegment("a row's last point lies outside its tile");
    }
    if (offset < INVALID_LATEST) count += 1;
  }
  const packed = PointValues.fromParts(type, parts, count);
  if (count === latest.length) return packed;
  const values = PointValues.create(type, latest.length);
  let at = 0;
  for (const [place, offset] of latest.entries()) {
    if (offset >= INVALID_LATEST) continue;
    values.copy(packed, at, place, 1);
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
  { rows, tileSize }: FactsOf,
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

import type { Part } from "@foretile/version-store";
import { countOnes } from "../segment/count-ones.ts";
import { damagedSegment } from "../segment/damaged-segment.ts";
import { VarintList, VarintReader } from "../segment/varint-list.ts";
import { partsOfValues, PointValues } from "../values/point-values.ts";
import { POINT, type TraceValueType } from "../trace-values.ts";

/** Points of some rows of a run at the offsets of one lane, as they are held in memory: all of them, row-major. */
export interface BlockPoints {
  readonly rows: number;
  /** How many offsets. */
  readonly width: number;
  /** Elements from one row to the next. */
  readonly stride: number;
  /** The first row's first point in `states` and `values`. */
  readonly start: number;
  readonly states: Uint8Array;
  readonly values: PointValues;
}

/** A block as it was read. Its cells count row after row. */
export interface Block {
  readonly rows: number;
  readonly width: number;
  /** One bit for each cell: whether it has a value. `undefined`: all have. */
  readonly bits: Uint8Array | undefined;
  /** For each row, how many values come before it; one more for the end. `undefined`: all cells have one. */
  readonly valueStarts: Uint32Array | undefined;
  /** Cells that are invalid or deleted, ascending. */
  readonly markedCells: Uint32Array;
  /** The state of each of them. */
  readonly marks: Uint8Array;
  /** Those of the cells that have one, in order. */
  readonly values: PointValues;
}

/** Points as the parts of a block's segment; docs/formats/trace-segment-v1.md has the format. */
export function blockToParts(points: BlockPoints): Part[] {
  const { rows, width, stride, start, states, values } = points;
  const bits = new Uint8Array(Math.ceil((rows * width) / 8));
  const packed = PointValues.create(values.type, countValues(points));
  const marks = new VarintList();
  let count = 0;
  let nextMark = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const at = start + row * stride + column;
      const state = states[at];
      if (state === POINT.missing) continue;
      const cell = row * width + column;
      if (state === POINT.value) {
        bits[cell >>> 3] = (bits[cell >>> 3] as number) | (1 << (cell & 7));
        packed.copy(values, at, count, 1);
        count += 1;
      } else {
        marks.push(2 * (cell - nextMark) + (state === POINT.deleted ? 1 : 0));
        nextMark = cell + 1;
      }
    }
  }
  return [
    { bytes: count === rows * width ? new Uint8Array() : bits, elementBytes: 1 },
    { bytes: marks.bytes, elementBytes: 1 },
    ...packed.toParts(),
  ];
}

function countValues({ rows, width, stride, start, states }: BlockPoints): number {
  let count = 0;
  for (let row = 0; row < rows; row += 1) {
    const end = start + row * stride + width;
    for (let at = end - width; at < end; at += 1) if (states[at] === POINT.value) count += 1;
  }
  return count;
}

/**
 * What {@link blockToParts} wrote.
 *
 * @throws {TraceStoreError} `tile-damaged`
 */
export function blockFromParts(
  parts: readonly Part[],
  {
    type,
    rows,
    width,
  }: { readonly type: TraceValueType; readonly rows: number; readonly width: number },
): Block {
  const [bitPart, markPart, ...valueParts] = parts;
  if (
    bitPart === undefined ||
    markPart === undefined ||
    valueParts.length !== partsOfValues(type)
  ) {
    throw damagedSegment("it is no block");
  }
  const cells = rows * width;
  const isDense = bitPart.bytes.length === 0;
  if (!isDense && bitPart.bytes.length !== Math.ceil(cells / 8)) {
    throw damagedSegment("it is a block of another size");
  }
  const bits = isDense ? undefined : bitPart.bytes;
  const valueStarts = bits && startsOf(bits, rows, width);
  const count = valueStarts === undefined ? cells : (valueStarts[rows] as number);
  const { markedCells, marks } = readMarks(markPart.bytes, cells, bits);
  const values = PointValues.fromParts(type, valueParts, count);
  return { rows, width, bits, valueStarts, markedCells, marks, values };
}

function startsOf(bits: Uint8Array, rows: number, width: number): Uint32Array {
  const starts = new Uint32Array(rows + 1);
  let count = 0;
  if (width % 8 === 0) {
    const bytes = width / 8;
    for (let row = 0; row < rows; row += 1) {
      count += countOnes(bits, row * bytes, (row + 1) * bytes);
      starts[row + 1] = count;
    }
    return starts;
  }
  let cell = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < width; column += 1, cell += 1) {
      count += ((bits[cell >>> 3] as number) >>> (cell & 7)) & 1;
    }
    starts[row + 1] = count;
  }
  return starts;
}

function readMarks(
  bytes: Uint8Array,
  cells: number,
  bits: Uint8Array | undefined,
): Pick<Block, "markedCells" | "marks"> {
  const reader = new VarintReader(bytes);
  const markedCells: number[] = [];
  const marks: number[] = [];
  let next = 0;
  while (!reader.isAtEnd) {
    const number = reader.next(2 * cells + 1);
    const cell = next + Math.floor(number / 2);
    if (cell >= cells) throw damagedSegment("a mark lies outside its block");
    if (bits === undefined || (((bits[cell >>> 3] as number) >>> (cell & 7)) & 1) === 1) {
      throw damagedSegment("a mark lies on a value");
    }
    markedCells.push(cell);
    marks.push(number % 2 === 1 ? POINT.deleted : POINT.invalid);
    next = cell + 1;
  }
  return { markedCells: Uint32Array.from(markedCells), marks: Uint8Array.from(marks) };
}

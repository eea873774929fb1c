import type { Block } from "../run/block-segment.ts";
import type { BlockPlace } from "../run/run-record.ts";
import type { ViewRun } from "../tile/tile-view.ts";
import type { PointValues } from "../values/point-values.ts";
import { POINT } from "../trace-values.ts";
import type { Columns } from "./columns.ts";

/** A block, and where its rows and offsets are in the tile. */
interface PlacedBlock {
  readonly viewRun: ViewRun;
  readonly place: BlockPlace;
  readonly block: Block;
}

/** Where points go. */
interface Canvas {
  /** Rows of the tile, ascending. */
  readonly rows: Uint32Array;
  readonly columns: Columns;
  readonly states: Uint8Array;
  readonly values: PointValues;
}

/** Puts what a block says of some rows over what earlier runs said. */
export function paintBlock({ viewRun, place, block }: PlacedBlock, canvas: Canvas): void {
  const { runRows, run } = viewRun;
  const { rows, columns } = canvas;
  const end = place.firstRow + block.rows;
  const offsets = run.offsets.slice(place.lane.first, place.lane.end);
  const targets = Int32Array.from(offsets, (offset) => columns.of[offset] as number);
  const isRun = targets.every(
    (target, index) => target !== -1 && target === (targets[0] ?? 0) + index,
  );
  if (runRows === undefined && block.bits !== undefined && isSuccession(rows)) {
    paintSuccession(block, place.firstRow, targets, canvas);
    return;
  }
  const paintRow = isRun && block.bits === undefined ? paintDense : paintSparse;
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] as number;
    const runRow = runRows === undefined ? row : (runRows[row] as number);
    if (runRow < place.firstRow || runRow >= end) continue;
    paintRow(block, runRow - place.firstRow, targets, canvas, index * columns.count);
  }
}

/** Whether rows follow each other without a gap. */
export function isSuccession(rows: Uint32Array): boolean {
  return rows.length > 0 && (rows.at(-1) as number) - (rows[0] as number) === rows.length - 1;
}

/** Rows without a gap, which are the run's own: only what the block has is visited, not each of its cells. */
function paintSuccession(
  block: Block,
  firstRow: number,
  targets: Int32Array,
  { rows, columns, states, values }: Canvas,
): void {
  const { width, bits = new Uint8Array(), markedCells, marks } = block;
  const first = Math.max(0, (rows[0] as number) - firstRow);
  const end = Math.min(block.rows, (rows.at(-1) as number) + 1 - firstRow);
  if (first >= end) return;
  const above = firstRow - (rows[0] as number);
  const placeOf = (cell: number): number => {
    const row = Math.floor(cell / width);
    const target = targets[cell - row * width] as number;
    return target === -1 ? -1 : (row + above) * columns.count + target;
  };
  let value =
    block.valueStarts === undefined ? first * width : (block.valueStarts[first] as number);
  const lastCell = end * width;
  for (let at = (first * width) >>> 3; 8 * at < lastCell; at += 1) {
    let rest = bits[at] as number;
    // Of the first byte, what belongs to the row before; of the last, what belongs to the next.
    if (8 * at < first * width) rest &= 0xff << (first * width - 8 * at);
    if (8 * at + 8 > lastCell) rest &= 0xff >>> (8 * at + 8 - lastCell);
    for (; rest !== 0; rest &= rest - 1, value += 1) {
      const place = placeOf(8 * at + 31 - Math.clz32(rest & -rest));
      if (place === -1) continue;
      values.copy(block.values, value, place, 1);
      states[place] = POINT.value;
    }
  }
  const from = firstAtLeast(markedCells, first * width);
  for (let mark = from; mark < markedCells.length; mark += 1) {
    const cell = markedCells[mark] as number;
    if (cell >= lastCell) return;
    const place = placeOf(cell);
    if (place === -1) continue;
    states[place] = marks[mark] as number;
    values.clear(place);
  }
}

/** A row in which every cell has a value, and goes where its neighbours go. */
function paintDense(
  { width, values }: Block,
  row: number,
  targets: Int32Array,
  canvas: Canvas,
  at: number,
): void {
  const first = at + (targets[0] as number);
  canvas.values.copy(values, row * width, first, width);
  canvas.states.fill(POINT.value, first, first + width);
}

function paintSparse(
  block: Block,
  row: number,
  targets: Int32Array,
  canvas: Canvas,
  at: number,
): void {
  const { width, bits, valueStarts, values } = block;
  let value = valueStarts === undefined ? row * width : (valueStarts[row] as number);
  for (let column = 0; column < width; column += 1) {
    const cell = row * width + column;
    if (bits !== undefined && (((bits[cell >>> 3] as number) >>> (cell & 7)) & 1) === 0) continue;
    const target = targets[column] as number;
    if (target !== -1) {
      canvas.values.copy(values, value, at + target, 1);
      canvas.states[at + target] = POINT.value;
    }
    value += 1;
  }
  const { markedCells, marks } = block;
  const end = (row + 1) * width;
  for (let mark = firstAtLeast(markedCells, row * width); mark < markedCells.length; mark += 1) {
    const cell = markedCells[mark] as number;
    if (cell >= end) return;
    const target = targets[cell - row * width] as number;
    if (target === -1) continue;
    canvas.states[at + target] = marks[mark] as number;
    canvas.values.clear(at + target);
  }
}

function firstAtLeast(cells: Uint32Array, least: number): number {
  let low = 0;
  let high = cells.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cells[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

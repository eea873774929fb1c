import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Part } from "../segment/part.ts";
import { copyBox, wordsOf, type Words } from "../value/copy-box.ts";
import { bytesOf, littleEndian } from "../value/element-bytes.ts";
import { ELEMENT_TYPES, newElements, type NumericType } from "../value/element-type.ts";
import { NdArray, product } from "../value/nd-array.ts";
import { checkRowRange, type RowRange } from "../value/row-range.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { readArrayForm, readTile, type Tile } from "./array-form.ts";
import { memberRuns, runsWithinTile, selectedMembers, type MemberRun } from "./array-members.ts";
import {
  keptRanges,
  keptRowCount,
  type Selection,
  type StoredBlock,
  type StoredForm,
} from "./stored-form.ts";

/** One part: some rows of one tile. A view of the array where the tile is the whole row. */
export function encodeArrayLane(array: NdArray, lane: DocumentValue, rows: RowRange): Part[] {
  checkRowRange(rows, array.rows);
  const tile = readTile(lane);
  const axes = array.shape.slice(1);
  if (tile.shape.length !== axes.length || !liesWithin(tile, axes)) {
    throw new VersionStoreError("invalid-argument", "lane is not within the array");
  }
  const elementBytes = ELEMENT_TYPES[array.type].bytes;
  return [{ bytes: littleEndian(tileBytes(array, tile, rows), elementBytes), elementBytes }];
}

/** Puts stored blocks together to an array of the selected members. */
export function assembleArray(
  stored: StoredForm,
  blocks: readonly StoredBlock[],
  selection: Selection = {},
): NdArray {
  const { schema, tiles } = readArrayForm(stored);
  const { type, axes, grid } = schema;
  const members = selectedMembers(schema, selection);
  const shape = [keptRowCount(blocks), ...(members ? [members.length, ...axes.slice(1)] : axes)];
  const values = newElements(type, product(shape));
  const target: Target = {
    type,
    bytes: bytesOf(values),
    words: wordsOf(bytesOf(values), ELEMENT_TYPES[type].bytes),
    shape,
    runs: members && memberRuns(members),
  };
  let row = 0;
  for (const block of blocks) {
    for (const [lane, tile] of tiles.entries()) placeTile(target, block, lane, tile, row);
    for (const { from, to } of keptRanges(block)) row += to - from;
  }
  return new NdArray(type, shape, values, members ? undefined : grid);
}

interface Target {
  readonly type: NumericType;
  readonly bytes: Uint8Array;
  /** The same memory as `bytes`. */
  readonly words: Words;
  readonly shape: readonly number[];
  /** The wanted members; `undefined` for all. */
  readonly runs: readonly MemberRun[] | undefined;
}

/** @param firstRow where the block's kept rows start in the result */
function placeTile(
  target: Target,
  block: StoredBlock,
  lane: number,
  tile: Tile,
  firstRow: number,
): void {
  const boxes = target.runs ? boxesOfRuns(target.runs, tile) : [boxOfTile(tile)];
  if (boxes.length === 0) return;
  const width = ELEMENT_TYPES[target.type].bytes;
  const bytes = bytesOfTile(block, lane, product(tile.shape), width);
  const isWholeRow = !target.runs && product(target.shape.slice(1)) === product(tile.shape);
  const words = isWholeRow ? undefined : wordsOf(bytes, width);
  let row = firstRow;
  for (const { from, to } of keptRanges(block)) {
    if (words === undefined) {
      const rowBytes = width * product(tile.shape);
      target.bytes.set(bytes.subarray(from * rowBytes, to * rowBytes), row * rowBytes);
    } else {
      for (const box of boxes) {
        copyBox(
          { words, shape: [block.rows, ...tile.shape], from: [from, ...box.inTile] },
          { words: target.words, shape: target.shape, from: [row, ...box.inRow] },
          [to - from, ...box.extent],
          width,
        );
      }
    }
    row += to - from;
  }
}

/** Part of a tile's row and where it goes in the result's row. */
interface Box {
  readonly inTile: readonly number[];
  readonly inRow: readonly number[];
  readonly extent: readonly number[];
}

function boxOfTile({ from, shape }: Tile): Box {
  return { inTile: shape.map(() => 0), inRow: from, extent: shape };
}

function boxesOfRuns(runs: readonly MemberRun[], tile: Tile): Box[] {
  const { inTile, inRow, extent } = boxOfTile(tile);
  const [start = 0] = tile.from;
  return runsWithinTile(runs, tile).map(({ member, at, count }) => ({
    inTile: [member - start, ...inTile.slice(1)],
    inRow: [at, ...inRow.slice(1)],
    extent: [count, ...extent.slice(1)],
  }));
}

function tileBytes(array: NdArray, tile: Tile, { from, to }: RowRange): Uint8Array {
  const axes = array.shape.slice(1);
  const rowElements = product(axes);
  if (product(tile.shape) === rowElements) {
    return bytesOf(array.values, from * rowElements, to * rowElements);
  }
  const width = ELEMENT_TYPES[array.type].bytes;
  const extent = [to - from, ...tile.shape];
  const bytes = new Uint8Array(product(extent) * width);
  copyBox(
    {
      words: wordsOf(bytesOf(array.values), width),
      shape: array.shape,
      from: [from, ...tile.from],
    },
    { words: wordsOf(bytes, width), shape: extent, from: extent.map(() => 0) },
    extent,
    width,
  );
  return bytes;
}

/** Checked bytes of a block's tile in the host's order. */
function bytesOfTile(
  { parts: lanes, rows }: StoredBlock,
  lane: number,
  tileElements: number,
  width: number,
): Uint8Array {
  const parts = lanes.get(lane);
  const [part] = parts ?? [];
  const fits =
    parts?.length === 1 &&
    part?.elementBytes === width &&
    part.bytes.length === rows * tileElements * width;
  if (fits) return littleEndian(part.bytes, width);
  throw new VersionStoreError(
    "data-integrity",
    `block of an array is damaged: part is not ${rows} rows of its tile lane=${lane}`,
  );
}

function liesWithin({ from, shape }: Tile, axes: readonly number[]): boolean {
  return axes.every((length, axis) => (from[axis] ?? 0) + (shape[axis] ?? 0) <= length);
}

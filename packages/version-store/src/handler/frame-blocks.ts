import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Part } from "../segment/part.ts";
import { checkBooleanBytes, type Column } from "../value/column.ts";
import { bytesOf, littleEndian } from "../value/element-bytes.ts";
import {
  ELEMENT_TYPES,
  newElements,
  type NumericArray,
  type NumericType,
} from "../value/element-type.ts";
import { Frame, type FrameIndex } from "../value/frame.ts";
import { checkRowRange, type RowRange } from "../value/row-range.ts";
import { VersionStoreError } from "../version-store-error.ts";
import {
  readFrameForm,
  readFrameLane,
  type ColumnSchema,
  type FrameForm,
  type LanePlace,
} from "./frame-form.ts";
import { selectedColumns } from "./frame-lanes.ts";
import {
  keptRanges,
  keptRowCount,
  type Selection,
  type StoredBlock,
  type StoredForm,
} from "./stored-form.ts";
import { decodeTexts, encodeTexts } from "./text-parts.ts";

/** The parts of some rows of one lane: the index if the lane has it, then the lane's columns; two parts for texts. */
export function encodeFrameLane(frame: Frame, lane: DocumentValue, rows: RowRange): Part[] {
  checkRowRange(rows, frame.rows);
  const { index, columns } = readFrameLane(lane);
  const parts: Part[] = [];
  if (index) parts.push(numbersPart(indexOf(frame).values, rows));
  for (const name of columns) {
    const { type, values } = frame.column(name);
    if (type === "string") {
      parts.push(...encodeTexts(name, values, rows));
      continue;
    }
    // Again, as the caller may have changed the bytes since they were checked.
    if (type === "bool") checkBooleanBytes(name, values.subarray(rows.from, rows.to));
    parts.push(numbersPart(values, rows));
  }
  return parts;
}

/** Puts stored blocks together to a frame of the selected columns. */
export function assembleFrame(
  stored: StoredForm,
  blocks: readonly StoredBlock[],
  selection: Selection = {},
): Frame {
  const form = readFrameForm(stored);
  const assembly: Assembly = { form, blocks, rows: keptRowCount(blocks) };
  const { index } = form.schema;
  const frameIndex: FrameIndex | undefined = index && {
    ...index,
    values: assembleNumbers(assembly, index.type, form.indexPlace),
  };
  const columns = selectedColumns(form, selection).map((column) =>
    assembleColumn(assembly, column),
  );
  return new Frame(assembly.rows, frameIndex, columns);
}

interface Assembly {
  readonly form: FrameForm;
  readonly blocks: readonly StoredBlock[];
  /** Kept rows of all blocks. */
  readonly rows: number;
}

function numbersPart(values: NumericArray, { from, to }: RowRange): Part {
  const elementBytes = values.BYTES_PER_ELEMENT as Part["elementBytes"];
  return { bytes: littleEndian(bytesOf(values, from, to), elementBytes), elementBytes };
}

function indexOf(frame: Frame): FrameIndex {
  if (frame.index !== undefined) return frame.index;
  throw new VersionStoreError("invalid-argument", "lane has an index but the frame has none");
}

function assembleColumn(assembly: Assembly, { name, type }: ColumnSchema): Column {
  const place = assembly.form.columnPlaces.get(name);
  if (type === "string") return { name, type, values: assembleTexts(assembly, place) };
  if (type !== "bool") {
    return { name, type, values: assembleNumbers(assembly, type, place) } as Column;
  }
  const values = assembleNumbers(assembly, "uint8", place) as Uint8Array;
  if (values.some((byte) => byte > 1)) throw damaged(`booleans that are neither 0 nor 1`);
  return { name, type, values };
}

function assembleNumbers(
  { form, blocks, rows }: Assembly,
  type: NumericType,
  place: LanePlace | undefined,
): NumericArray {
  const values = newElements(type, rows);
  const bytes = bytesOf(values);
  const width = ELEMENT_TYPES[type].bytes;
  let row = 0;
  for (const block of blocks) {
    const [part] = partsAt(form, block, place, 1);
    const source = part && numbersOf(part, width, block.rows);
    for (const { from, to } of keptRanges(block)) {
      if (source) bytes.set(source.subarray(from * width, to * width), row * width);
      else fillMissing(values, row, row + to - from);
      row += to - from;
    }
  }
  return values;
}

function assembleTexts({ form, blocks }: Assembly, place: LanePlace | undefined): string[] {
  const texts: string[] = [];
  for (const block of blocks) {
    const keep = keptRanges(block);
    const [lengths, bytes] = partsAt(form, block, place, 2);
    if (lengths && bytes) {
      decodeTexts(lengths, bytes, block.rows, keep, texts);
      continue;
    }
    for (const { from, to } of keep) for (let row = from; row < to; row += 1) texts.push("");
  }
  return texts;
}

/** Checked bytes of a part in the host's order. */
function numbersOf({ bytes, elementBytes }: Part, width: number, rows: number): Uint8Array {
  if (elementBytes === width && bytes.length === rows * width) return littleEndian(bytes, width);
  throw damaged(`part is not ${rows} elements of ${width} bytes length=${bytes.length}`);
}

/** What old rows have in a column that was added later: zeros are there already. */
function fillMissing(values: NumericArray, from: number, to: number): void {
  if (values instanceof Float32Array || values instanceof Float64Array) {
    values.fill(Number.NaN, from, to);
  }
}

/** The parts of one column of a block; none when the block is older than the column. */
function partsAt(
  { partCounts, indexPlace }: FrameForm,
  block: StoredBlock,
  place: LanePlace | undefined,
  count: 1 | 2,
): readonly Part[] {
  const parts = place && block.parts.get(place.lane);
  if (place === undefined || parts === undefined) {
    // Never added later, so never missing.
    if (place !== undefined && place.lane === indexPlace?.lane) throw damaged("no index");
    return [];
  }
  if (parts.length !== partCounts[place.lane]) {
    throw damaged(`another number of parts lane=${place.lane} found=${parts.length}`);
  }
  return parts.slice(place.part, place.part + count);
}

function damaged(what: string): VersionStoreError {
  return new VersionStoreError("data-integrity", `block of a frame is damaged: ${what}`);
}

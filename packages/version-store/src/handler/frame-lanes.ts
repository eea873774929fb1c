import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Column, ColumnType } from "../value/column.ts";
import { ELEMENT_TYPES } from "../value/element-type.ts";
import { noSuchColumn, type Frame } from "../value/frame.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { readFrameForm, writeFrameLane, type ColumnSchema, type FrameForm } from "./frame-form.ts";
import { rowsFitting, type Layout, type Selection, type StoredForm } from "./stored-form.ts";
import { textBytes } from "./text-parts.ts";

/**
 * Most columns of a lane. Fewer make a single column cheaper to read, more make it cheaper to append rows, as each
 * append stores a segment per lane.
 */
const MAX_LANE_COLUMNS = 32;

/** What a text is taken to need where there is none to look at. */
const UNSEEN_TEXT_BYTES = 20;

/** Bytes of a frame's parts before encoding. */
export function frameRawBytes({ rows, index, columns }: Frame): number {
  let bytes = index ? rows * ELEMENT_TYPES[index.type].bytes : 0;
  for (const column of columns) bytes += columnBytes(column);
  return bytes;
}

/**
 * A narrow frame is one lane. Of a wide one the index is a lane of its own, as it is needed with whatever columns are
 * read.
 */
export function frameLayout(frame: Frame, targetBytes: number): Layout {
  const { index, columns } = frame;
  const indexBytes = index ? ELEMENT_TYPES[index.type].bytes : 0;
  if (columns.length <= MAX_LANE_COLUMNS) {
    const names = columns.map(({ name }) => name);
    return {
      rowsPerBlock: rowsFitting(targetBytes, indexBytes + widthOf(frame, columns)),
      lanes: [writeFrameLane({ index: index !== undefined, columns: names })],
    };
  }
  const groups = groupsOf(columns);
  const widest = Math.max(indexBytes, ...groups.map((group) => widthOf(frame, group)));
  const indexLanes = index ? [writeFrameLane({ index: true, columns: [] })] : [];
  return {
    rowsPerBlock: rowsFitting(targetBytes, widest),
    lanes: [...indexLanes, ...columnLanes(columns)],
  };
}

/** Lanes for columns, without the index. */
export function columnLanes(columns: readonly ColumnSchema[]): DocumentValue[] {
  return groupsOf(columns).map((group) =>
    writeFrameLane({ index: false, columns: group.map(({ name }) => name) }),
  );
}

/** Numbers of the lanes that hold the index and the selected columns, ascending. */
export function frameLanesFor(stored: StoredForm, selection: Selection): number[] {
  const form = readFrameForm(stored);
  const lanes = new Set<number>();
  if (form.indexPlace) lanes.add(form.indexPlace.lane);
  for (const { name } of selectedColumns(form, selection)) {
    const place = form.columnPlaces.get(name);
    if (place) lanes.add(place.lane);
  }
  return [...lanes].sort((left, right) => left - right);
}

/**
 * The columns that a selection names, in its order.
 *
 * @throws {VersionStoreError} `no-such-column`, `invalid-argument`
 */
export function selectedColumns(
  { schema }: FrameForm,
  { columns, members }: Selection,
): readonly ColumnSchema[] {
  if (members !== undefined) {
    throw new VersionStoreError("invalid-argument", "a frame has columns but no members");
  }
  if (columns === undefined) return schema.columns;
  if (new Set(columns).size < columns.length) {
    throw new VersionStoreError(
      "invalid-argument",
      `a column is wanted twice columns=${JSON.stringify(columns)}`,
    );
  }
  const byName = new Map(schema.columns.map((column) => [column.name, column]));
  return columns.map((name) => {
    const column = byName.get(name);
    if (column !== undefined) return column;
    throw noSuchColumn(name);
  });
}

function groupsOf<C>(columns: readonly C[]): (readonly C[])[] {
  const groups: (readonly C[])[] = [];
  for (let from = 0; from < columns.length; from += MAX_LANE_COLUMNS) {
    groups.push(columns.slice(from, from + MAX_LANE_COLUMNS));
  }
  return groups;
}

/** Bytes per row, on average. */
function widthOf({ rows }: Frame, columns: readonly Column[]): number {
  let width = 0;
  for (const column of columns) {
    width += rows === 0 ? unseenWidth(column.type) : columnBytes(column) / rows;
  }
  return width;
}

function unseenWidth(type: ColumnType): number {
  if (type === "string") return UNSEEN_TEXT_BYTES;
  return type === "bool" ? 1 : ELEMENT_TYPES[type].bytes;
}

function columnBytes({ type, values }: Column): number {
  if (type === "string") return values.reduce((bytes, text) => bytes + textBytes(text), 0);
  return values.byteLength;
}

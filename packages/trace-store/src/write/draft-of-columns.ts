import { tableOfList } from "../table/table-of-traces.ts";
import type { TraceColumns } from "../trace-entry.ts";
import { TraceStoreError } from "../trace-store-error.ts";
import { bytesPerValue, faultOfValue, PointValues } from "../values/point-values.ts";
import { POINT, type TraceValuesOf, type TraceValueType } from "../trace-values.ts";
import { checkPosition, placeOf } from "../tile/positions.ts";
import { checkSize } from "./draft-of-entries.ts";
import type { RunDraft } from "./run-draft.ts";

/** Points from arrays that are to be stored. */
export interface DraftedColumns {
  readonly tile: number;
  /** `undefined` when all points are missing. */
  readonly draft: RunDraft | undefined;
  readonly stored: number;
}

/**
 * Checks columns and puts their rows in order.
 *
 * @throws {TraceStoreError} `invalid-position`, `invalid-argument`, `too-large`
 */
export function draftOfColumns(
  type: TraceValueType,
  tileSize: number,
  columns: TraceColumns,
): DraftedColumns {
  const { traces, from, positions: width = 1 } = columns;
  if (!Number.isSafeInteger(width) || width < 1) {
    throw invalid(`positions must be a whole number of at least 1 positions=${width}`);
  }
  checkPosition(from, tileSize);
  const { tile, offset } = placeOf(from, tileSize);
  if (offset + width > tileSize) {
    throw new TraceStoreError(
      "invalid-position",
      `columns reach into the next tile; append them in two parts from=${from} positions=${width} ` +
        `tile_size=${tileSize}`,
    );
  }
  checkSize(traces.ids.length, 0);
  const { table, rows, idBytes } = tableOfList(traces);
  const given = PointValues.over(
    type,
    checkedValues(type, traces.ids.length * width, columns.values),
  );
  checkSize(traces.ids.length, idBytes + given.length * bytesPerValue(type));
  const givenStates = statesOf(columns, given.length);
  const stored = checkPoints(type, givenStates, columns.values, width);
  const offsets = Array.from({ length: width }, (_, index) => offset + index);
  if (stored === 0) return { tile, draft: undefined, stored };
  const states = new Uint8Array(givenStates.length);
  const values = PointValues.create(type, given.length);
  for (let place = 0; place < rows.length; place += 1) {
    const row = rows[place] as number;
    if (width === 1) states[row] = givenStates[place] as number;
    else states.set(givenStates.subarray(place * width, (place + 1) * width), row * width);
    values.copy(given, place * width, row * width, width);
  }
  return { tile, draft: { table, offsets, states, values, options: [] }, stored };
}

function checkedValues(
  type: TraceValueType,
  count: number,
  values: TraceValuesOf[TraceValueType],
): TraceValuesOf[TraceValueType] {
  const isRight = {
    float32: values instanceof Float32Array,
    float64: values instanceof Float64Array,
    digest: values instanceof Uint8Array,
    bytes: Array.isArray(values),
  }[type];
  const length = type === "digest" ? 16 * count : count;
  if (isRight && values.length === length) return values;
  throw invalid(
    `values must be as many as traces times positions, in the set's type type=${type} ` +
      `wanted=${length} found=${values.length}`,
  );
}

function statesOf({ states, values }: TraceColumns, count: number): Uint8Array {
  if (states !== undefined) {
    if (states.length === count && states.every((state) => state <= POINT.deleted)) return states;
    throw invalid(
      `states must be one of POINT for each point wanted=${count} found=${states.length}`,
    );
  }
  const made = new Uint8Array(count).fill(POINT.value);
  if (values instanceof Uint8Array) return made;
  for (let place = 0; place < count; place += 1) {
    const value = values[place];
    if (value === undefined || Number.isNaN(value)) made[place] = POINT.missing;
  }
  return made;
}

/** @returns how many points are not missing */
function checkPoints(
  type: TraceValueType,
  states: Uint8Array,
  values: TraceValuesOf[TraceValueType],
  width: number,
): number {
  let stored = 0;
  for (let place = 0; place < states.length; place += 1) {
    if (states[place] === POINT.missing) continue;
    stored += 1;
    if (type === "digest" || states[place] !== POINT.value) continue;
    const value = values[place];
    // A Float32Array holds nothing beyond float32.
    if (typeof value === "number" && !Number.isNaN(value)) continue;
    const fault = faultOfValue(type, value);
    if (fault === undefined) continue;
    throw invalid(`${fault} trace=${Math.floor(place / width)} column=${place % width}`);
  }
  return stored;
}

function invalid(message: string): TraceStoreError {
  return new TraceStoreError("invalid-argument", message);
}

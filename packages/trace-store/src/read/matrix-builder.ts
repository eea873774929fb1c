import { TraceStoreError } from "../trace-store-error.ts";
import { bytesPerValue, PointValues } from "../values/point-values.ts";
import type { TraceValueType } from "../trace-values.ts";
import type { TraceBlock, TraceMatrix } from "./trace-block.ts";

export const MAX_MATRIX_BYTES: number = 1024 ** 3;

/** Puts blocks of several tiles together. Holds the matrix, and while it grows the one before. */
export class MatrixBuilder {
  readonly #type: TraceValueType;
  readonly #positions: readonly number[];
  readonly #columns: ReadonlyMap<number, number>;
  readonly #maxBytes: number;
  readonly #rows = new Map<string, number>();
  #capacity = 0;
  #states = new Uint8Array();
  #values: PointValues;

  /** @param positions of the columns, ascending */
  constructor(
    type: TraceValueType,
    positions: readonly number[],
    maxBytes: number = MAX_MATRIX_BYTES,
  ) {
    this.#type = type;
    this.#positions = positions;
    this.#columns = new Map(positions.map((position, column) => [position, column]));
    this.#maxBytes = maxBytes;
    this.#values = PointValues.create(type, 0);
  }

  /** @throws {TraceStoreError} `too-large` */
  add({
    ids,
    from,
    to,
    states,
    values,
  }: Pick<TraceBlock, "ids" | "from" | "to" | "states" | "values">): void {
    const source = PointValues.over(this.#type, values);
    const width = to - from;
    const runs = runsOf(from, to, this.#columns);
    this.#reserve(ids);
    for (const [index, id] of ids.entries()) {
      const row = this.#rows.get(id) as number;
      for (const { offset, column, count } of runs) {
        const at = index * width + offset;
        const target = row * this.#positions.length + column;
        this.#states.set(states.subarray(at, at + count), target);
        this.#values.copy(source, at, target, count);
      }
    }
  }

  /** Rows in order of their ids. */
  finish(): TraceMatrix {
    const width = this.#positions.length;
    const ids = [...this.#rows.keys()].sort();
    const isOrdered = ids.every((id, row) => this.#rows.get(id) === row);
    if (isOrdered && this.#capacity === ids.length) {
      return this.#matrix(ids, this.#states, this.#values);
    }
    const states = new Uint8Array(ids.length * width);
    const values = PointValues.create(this.#type, ids.length * width);
    for (const [row, id] of ids.entries()) {
      const from = (this.#rows.get(id) as number) * width;
      states.set(this.#states.subarray(from, from + width), row * width);
      values.copy(this.#values, from, row * width, width);
    }
    return this.#matrix(ids, states, values);
  }

  #matrix(
    ids: readonly string[],
    states: Uint8Array<ArrayBuffer>,
    values: PointValues,
  ): TraceMatrix {
    return { ids, positions: this.#positions, states, values: values.expose() };
  }

  #reserve(ids: readonly string[]): void {
    for (const id of ids) if (!this.#rows.has(id)) this.#rows.set(id, this.#rows.size);
    if (this.#rows.size <= this.#capacity) return;
    this.#checkSize();
    const width = this.#positions.length;
    this.#capacity = Math.max(this.#rows.size, 2 * this.#capacity);
    const states = new Uint8Array(this.#capacity * width);
    states.set(this.#states);
    const values = PointValues.create(this.#type, this.#capacity * width);
    values.copy(this.#values, 0, 0, this.#values.length);
    this.#states = states;
    this.#values = values;
  }

  #checkSize(): void {
    checkMatrixSize(this.#type, this.#rows.size, this.#positions.length, this.#maxBytes);
  }
}

/** @throws {TraceStoreError} `too-large` */
export function checkMatrixSize(
  type: TraceValueType,
  traces: number,
  positions: number,
  maxBytes: number,
): void {
  const bytes = traces * positions * (1 + bytesPerValue(type));
  if (bytes <= maxBytes) return;
  throw new TraceStoreError(
    "too-large",
    `points do not fit the bytes that a call may take; read blocks, a shorter range or fewer traces ` +
      `traces=${traces} positions=${positions} bytes=${bytes} limit=${maxBytes}`,
  );
}

interface ColumnRun {
  readonly offset: number;
  readonly column: number;
  readonly count: number;
}

/** Neighbours that stay neighbours. */
function runsOf(from: number, to: number, columns: ReadonlyMap<number, number>): ColumnRun[] {
  const runs: ColumnRun[] = [];
  for (let position = from; position < to; position += 1) {
    const column = columns.get(position);
    if (column === undefined) continue;
    const offset = position - from;
    const last = runs.at(-1);
    if (last !== undefined && last.offset + last.count === offset) {
      runs[runs.length - 1] = { ...last, count: last.count + 1 };
    } else runs.push({ offset, column, count: 1 });
  }
  return runs;
}

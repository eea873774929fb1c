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
  /** In the order in which they came; of the rows of the matrix while it grows. */
  readonly #ids: string[] = [];
  /** Made when an id comes that is neither above all before it nor where it is looked for first. */
  #rows: Map<string, number> | undefined;
  /** The row after the one that was found last. */
  #next = 0;
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
    const firstNew = this.#ids.length;
    const isAbove = this.#rows === undefined && isOrdered([this.#ids.at(-1) ?? "", ...ids]);
    const rows = isAbove ? undefined : this.#rowsOf(ids);
    if (isAbove) for (const id of ids) this.#ids.push(id);
    this.#reserve();
    for (let index = 0; index < ids.length; index += 1) {
      const row = rows === undefined ? firstNew + index : (rows[index] as number);
      for (const { offset, column, count } of runs) {
        const at = index * width + offset;
        const target = row * this.#positions.length + column;
        if (count === 1) this.#states[target] = states[at] as number;
        else this.#states.set(states.subarray(at, at + count), target);
        this.#values.copy(source, at, target, count);
      }
    }
  }

  /** Rows in order of their ids. */
  finish(): TraceMatrix {
    const width = this.#positions.length;
    const length = this.#ids.length * width;
    if (this.#rows === undefined || isOrdered(this.#ids)) {
      // Of their own, unless the memory was used to its end.
      const isFull = this.#capacity === this.#ids.length;
      const states = isFull ? this.#states : this.#states.slice(0, length);
      const values = PointValues.create(this.#type, isFull ? 0 : length);
      if (!isFull) values.copy(this.#values, 0, 0, length);
      return this.#matrix(this.#ids, states, isFull ? this.#values : values);
    }
    const ids = this.#ids.toSorted();
    const rowOf = this.#rows;
    const states = new Uint8Array(ids.length * width);
    const values = PointValues.create(this.#type, ids.length * width);
    for (const [row, id] of ids.entries()) {
      const from = (rowOf.get(id) as number) * width;
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

  /** Rows of ids, new ones behind the others. Mostly the next tile has what the one before had, in the same order. */
  #rowsOf(ids: readonly string[]): Uint32Array {
    if (this.#ids[this.#next] !== ids[0] && this.#ids[0] === ids[0]) this.#next = 0;
    return Uint32Array.from(ids, (id) => {
      const row = this.#ids[this.#next] === id ? this.#next : this.#rowOf(id);
      this.#next = row + 1;
      return row;
    });
  }

  #rowOf(id: string): number {
    this.#rows ??= new Map(this.#ids.map((each, row) => [each, row]));
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    this.#rows.set(id, this.#ids.length);
    return this.#ids.push(id) - 1;
  }

  #reserve(): void {
    const rows = this.#ids.length;
    if (rows <= this.#capacity) return;
    this.#checkSize();
    const width = this.#positions.length;
    this.#capacity = Math.max(rows, 2 * this.#capacity);
    const states = new Uint8Array(this.#capacity * width);
    states.set(this.#states);
    const values = PointValues.create(this.#type, this.#capacity * width);
    values.copy(this.#values, 0, 0, this.#values.length);
    this.#states = states;
    this.#values = values;
  }

  #checkSize(): void {
    checkMatrixSize(this.#type, this.#ids.length, this.#positions.length, this.#maxBytes);
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

/** Whether each is above the one before. */
function isOrdered(ids: readonly string[]): boolean {
  return ids.every((id, at) => at === 0 || (ids[at - 1] as string) < id);
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

import { VersionStoreError } from "../version-store-error.ts";
import { checkColumnName, makeColumn, type Column, type ColumnInput } from "./column.ts";
import { numericTypeOf, type NumericArray, type NumericType } from "./element-type.ts";

/** Unit of an index of instants: time since 1970-01-01 UTC. */
export type TimeUnit = "s" | "ms" | "us" | "ns";

const TIME_UNITS: readonly string[] = ["s", "ms", "us", "ns"] satisfies TimeUnit[];

/** Most columns of a frame: every manifest lists them. */
const MAX_COLUMNS = 16_384;

/** The numbers by which rows are found, without NaN. Not necessarily sorted or unique. */
export interface FrameIndex {
  readonly name: string;
  readonly type: NumericType;
  /** Absent when the numbers are no instants. */
  readonly unit?: TimeUnit | undefined;
  readonly values: NumericArray;
}

/** A cell as {@link Frame.toRows} gives it. */
export type Cell = number | bigint | boolean | string;

export interface FrameInput {
  readonly index?:
    | { readonly name: string; readonly unit?: TimeUnit | undefined; readonly values: NumericArray }
    | undefined;
  /**
   * Columns in order. As an object, beware that names which are whole numbers come first; pairs, or a map, keep their
   * order.
   */
  readonly columns:
    | { readonly [name: string]: ColumnInput }
    | Iterable<readonly [name: string, values: ColumnInput]>;
}

/** Columns of equal length, with or without an index. Made by {@link frame}, or read from a version. */
export class Frame {
  readonly rows: number;
  readonly index: FrameIndex | undefined;
  readonly columns: readonly Column[];
  readonly #byName: ReadonlyMap<string, Column>;

  /** Takes what is known to fit; {@link frame} checks. */
  constructor(rows: number, index: FrameIndex | undefined, columns: readonly Column[]) {
    this.rows = rows;
    this.index = index;
    this.columns = columns;
    this.#byName = new Map(columns.map((column) => [column.name, column]));
  }

  /** @throws {VersionStoreError} `no-such-column` */
  column(name: string): Column {
    const column = this.#byName.get(name);
    if (column !== undefined) return column;
    throw noSuchColumn(name);
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** Row after row as a fresh object of index and columns by name. Slow: for small frames and for people. */
  *[Symbol.iterator](): IterableIterator<{ [name: string]: Cell }> {
    for (let row = 0; row < this.rows; row += 1) {
      const cells: [string, Cell][] = this.columns.map(({ name, type, values }) => {
        const value = values[row] as Cell;
        return [name, type === "bool" ? value !== 0 : value];
      });
      if (this.index) cells.unshift([this.index.name, this.index.values[row] as Cell]);
      yield Object.fromEntries(cells);
    }
  }

  /** All rows as objects. */
  toRows(): { [name: string]: Cell }[] {
    return [...this];
  }
}

/**
 * Makes a frame. Typed arrays are used, not copied: do not change them while the frame is being stored.
 *
 * ```ts
 * const prices = frame({
 *   index: { name: "time", unit: "ms", values: BigInt64Array.of(1n, 2n) },
 *   columns: { price: Float64Array.of(1.5, 2), venue: ["a", "b"], ok: [true, false] },
 * });
 * ```
 *
 * @throws {VersionStoreError} `invalid-argument` for names that are empty or occur twice, columns of different lengths,
 *   values of no column type, text with lone surrogates, and NaN in the index
 */
export function frame(input: FrameInput): Frame {
  const index = input.index && makeIndex(input.index);
  const columns = entriesOf(input.columns).map(([name, values]) => makeColumn(name, values));
  if (columns.length > MAX_COLUMNS) {
    throw invalid(`frame has too many columns limit=${MAX_COLUMNS} found=${columns.length}`);
  }
  const all = index ? [index, ...columns] : columns;
  const [first] = all;
  if (first === undefined) throw invalid("frame needs an index or a column");
  const names = new Set<string>();
  for (const { name, values } of all) {
    if (names.has(name)) throw invalid(`frame has a name twice name=${JSON.stringify(name)}`);
    names.add(name);
    if (values.length === first.values.length) continue;
    throw invalid(
      `columns must have equal lengths column=${JSON.stringify(name)} found=${values.length} expected=${first.values.length}`,
    );
  }
  return new Frame(first.values.length, index, columns);
}

export function isTimeUnit(unit: string): unit is TimeUnit {
  return TIME_UNITS.includes(unit);
}

export function noSuchColumn(name: string): VersionStoreError {
  return new VersionStoreError(
    "no-such-column",
    `frame has no such column column=${JSON.stringify(name)}`,
    { details: { column: name } },
  );
}

function makeIndex({ name, unit, values }: NonNullable<FrameInput["index"]>): FrameIndex {
  checkColumnName(name);
  if (unit !== undefined && !isTimeUnit(unit)) {
    throw invalid(
      `index unit must be s, ms, us or ns index=${JSON.stringify(name)} unit=${String(unit)}`,
    );
  }
  const type = numericTypeOf(values);
  if (type === undefined) {
    throw invalid(`index must be a typed array of numbers index=${JSON.stringify(name)}`);
  }
  checkIndexValues(name, values);
  return { name, type, unit, values };
}

function checkIndexValues(name: string, values: NumericArray): void {
  const isFloat = values instanceof Float32Array || values instanceof Float64Array;
  if (!isFloat || !values.some((value: number) => Number.isNaN(value))) return;
  throw invalid(`index must not have NaN index=${JSON.stringify(name)}`);
}

function entriesOf(columns: FrameInput["columns"]): (readonly [string, ColumnInput])[] {
  if (typeof columns !== "object" || columns === null) throw invalid("frame needs columns");
  if (Symbol.iterator in columns) {
    return [...(columns as Iterable<readonly [string, ColumnInput]>)];
  }
  return Object.entries(columns);
}

function invalid(message: string): VersionStoreError {
  return new VersionStoreError("invalid-argument", message);
}

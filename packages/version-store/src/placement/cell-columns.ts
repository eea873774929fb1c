import type { DocumentValue } from "@foretile/codecs/msgpack";
import { ColumnReader } from "../document/columns.ts";
import type { DocumentReader } from "../document/document-reader.ts";
import { asKey } from "../document/stored-key.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { CellLocation } from "./segment-location.ts";

/** Cells, column by column; names and times stand once, since those of one request share most of them. */
export function encodeCells(cells: readonly CellLocation[]): DocumentValue {
  const names = new Dictionary<string>();
  const times = new Dictionary<number>();
  const columns = {
    tables: cells.map(({ table }) => names.positionOf(table)),
    families: cells.map(({ family }) => names.positionOf(family)),
    rows: cells.map(({ row }) => names.positionOf(row)),
    qualifiers: cells.map(({ qualifier }) => names.positionOf(qualifier)),
    timestamps: cells.map(({ timestampMicros }) => times.positionOf(timestampMicros)),
  };
  return { names: names.items, times_micros: times.items, ...columns };
}

/** @throws {VersionStoreError} `data-integrity` when the columns do not fit together */
export function decodeCells(reader: DocumentReader, what: string): readonly CellLocation[] {
  const names = reader.texts("names");
  const timeCount = reader.list("times_micros").length;
  const times = new ColumnReader(reader, what, timeCount).integers("times_micros");
  const columns = new ColumnReader(reader, what, reader.list("rows").length);
  const [tables, families, rows, qualifiers] = ["tables", "families", "rows", "qualifiers"].map(
    (name) => columns.integers(name).map((position) => names[position]),
  );
  return columns.integers("timestamps").map((position, index): CellLocation => {
    const [table, family, row, qualifier] = [tables, families, rows, qualifiers].map(
      (column) => column?.[index],
    );
    const key = asKey(row ?? null);
    const timestampMicros = times[position];
    if (
      table === undefined ||
      family === undefined ||
      key === undefined ||
      qualifier === undefined ||
      timestampMicros === undefined
    ) {
      throw new VersionStoreError("data-integrity", `${what} has a wrong cell index=${index}`);
    }
    return { kind: "cell", table, row: key, family, qualifier, timestampMicros };
  });
}

/** Items in the order in which they came first. */
class Dictionary<T extends string | number> {
  readonly #positions = new Map<T, number>();

  get items(): readonly T[] {
    return [...this.#positions.keys()];
  }

  positionOf(item: T): number {
    const known = this.#positions.get(item);
    if (known !== undefined) return known;
    const position = this.#positions.size;
    this.#positions.set(item, position);
    return position;
  }
}

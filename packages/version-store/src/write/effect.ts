import type { DocumentValue } from "@foretile/codecs/msgpack";
import { DocumentReader } from "../document/document-reader.ts";
import type { RowRange } from "../value/row-range.ts";

/** Values of an index, both ends included; an end that is `undefined` is open. */
export interface IndexHull {
  readonly from: number | bigint | undefined;
  readonly to: number | bigint | undefined;
}

/**
 * Where in a value a change took place. It is part of the version, so that others who built on the version before can
 * tell whether theirs took place elsewhere.
 */
export interface Effect {
  /** Rows, in numbers of the version before: `removed` rows from `from` on became `added` rows. */
  readonly rows: { readonly from: number; readonly removed: number; readonly added: number };
  /** All index values that the change was about; `undefined` without an index. */
  readonly index: IndexHull | undefined;
}

export function writeEffect({ rows, index }: Effect): DocumentValue {
  const { from, removed, added } = rows;
  return {
    rows: { from, removed, added },
    index: index ? { from: index.from ?? null, to: index.to ?? null } : null,
  };
}

/**
 * @returns `undefined` when the whole value was changed
 * @throws {VersionStoreError} `data-integrity`
 */
export function readEffect(document: DocumentValue): Effect | undefined {
  if (document === null) return undefined;
  const reader = new DocumentReader(document, "effect");
  const rows = reader.record("rows");
  return {
    rows: {
      from: rows.integer("from"),
      removed: rows.integer("removed"),
      added: rows.integer("added"),
    },
    index: reader.optional("index", () => {
      const index = reader.record("index");
      return { from: endOf(index, "from"), to: endOf(index, "to") };
    }),
  };
}

/** Whether two hulls have no value in common. */
export function areApart(one: IndexHull, other: IndexHull): boolean {
  return isBefore(one, other) || isBefore(other, one);
}

/**
 * Whether a change leaves some rows what they were and where they were.
 *
 * @param rows in numbers of the version before the change
 */
export function leavesRows({ rows: { from, removed, added } }: Effect, rows: RowRange): boolean {
  return from >= rows.to || (from + removed <= rows.from && removed === added);
}

function isBefore({ to }: IndexHull, { from }: IndexHull): boolean {
  return to !== undefined && from !== undefined && to < from;
}

function endOf(reader: DocumentReader, name: string): number | bigint | undefined {
  return reader.optional(name, () => {
    const value = reader.value(name);
    return typeof value === "bigint" ? value : reader.number(name);
  });
}

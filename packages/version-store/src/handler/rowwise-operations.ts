import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { IndexBounds, IndexFacts, IndexRange } from "../value/index-bounds.ts";
import type { RowRange } from "../value/row-range.ts";
import type { Selection, StoredForm } from "./stored-form.ts";

/**
 * How far new rows may differ from the stored ones. Each allows what the one before it does.
 *
 * - `strict`: the same columns of the same types, in any order
 * - `add-columns`: new columns, and narrower types that convert to the stored ones exactly
 * - `promote`: the stored rows may be converted to a wider type
 */
export type SchemaPolicy = "strict" | "add-columns" | "promote";

/** New rows and stored rows, brought to one schema. */
export interface Reconciled<V> {
  /** The schema of old and new rows together. */
  readonly schema: DocumentValue;
  /** The stored lanes with their numbers, then those of added columns. */
  readonly lanes: readonly DocumentValue[];
  /** The new rows in `schema`. May share memory with what was given. */
  readonly incoming: V;
  /**
   * Present when stored blocks do not fit `schema`: every old row must be read in the old form, converted by this and
   * stored again. Absent: old blocks are read in the new form as they are.
   */
  convertOld?(this: void, value: V): V;
}

/** What can be done with values that consist of rows. */
export interface RowwiseOperations<V> {
  /**
   * A copy of the rows.
   *
   * @throws {VersionStoreError} `invalid-range`
   */
  slice(value: V, rows: RowRange): V;

  /**
   * A copy of the rows of several ranges, one range after the other.
   *
   * @throws {VersionStoreError} `invalid-range`
   */
  take(value: V, ranges: readonly RowRange[]): V;

  /**
   * A copy of the rows of all values, one value after the other.
   *
   * @param values at least one, all of the same schema
   * @throws {VersionStoreError} `schema-mismatch`
   */
  concat(values: readonly V[]): V;

  /**
   * No rows.
   *
   * @throws {VersionStoreError} `data-integrity` when the schema is malformed
   */
  empty(schema: DocumentValue): V;

  /**
   * What can be said about the index of some rows; `undefined` without an index or rows.
   *
   * @throws {VersionStoreError} `invalid-range`; `invalid-argument` when the index has a NaN
   */
  indexFacts(value: V, rows: RowRange): IndexFacts | undefined;

  /**
   * A caller's range in the units of the index.
   *
   * @throws {VersionStoreError} `invalid-range` when `from` is after `to`; `invalid-argument` when there is no index,
   *   a bound is not a number, or is a date while the index has no unit
   */
  indexBounds(schema: DocumentValue, range: IndexRange): IndexBounds;

  /** The rows whose index is within the bounds, as maximal runs in row order. The index need not be sorted. */
  rowsWithin(value: V, bounds: IndexBounds): RowRange[];

  /**
   * Numbers of the lanes that a selection needs, ascending. A frame's index lane is always needed.
   *
   * @throws {VersionStoreError} `no-such-column` for an unknown column, `invalid-range` for a member that the array
   *   does not have, `invalid-argument` for duplicates and for selections that this kind of value does not have
   */
  lanesFor(form: StoredForm, selection: Selection): number[];

  /**
   * Brings new rows to the stored schema, or both to a wider one. Values follow names; the new rows' order of columns
   * wins. New rows that are none change nothing: the stored schema stays.
   *
   * @throws {VersionStoreError} `schema-mismatch` naming what differs and which policy would allow it
   */
  reconcile(form: StoredForm, incoming: V, policy: SchemaPolicy): Reconciled<V>;
}

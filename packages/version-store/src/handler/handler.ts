import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Part } from "../segment/part.ts";
import type { RowRange } from "../value/row-range.ts";
import type { RowwiseOperations } from "./rowwise-operations.ts";
import type { Layout, Selection, StoredBlock, StoredForm } from "./stored-form.ts";

/**
 * Knows one kind of value: how to describe it, cut it, and put it together again. Pure: no I/O, no versions.
 *
 * Whatever a handler returns as a value owns its memory and is writable.
 */
export interface Handler<V = unknown> {
  /** Stored in manifests, never renamed: `frame`, `array` or `value`. */
  readonly name: string;

  accepts(value: unknown): value is V;

  /**
   * The schema as it is stored. Equal schemas have equal canonical encodings.
   *
   * @throws {VersionStoreError} `invalid-argument` for what cannot be stored, such as a frame of neither index nor columns
   */
  schemaOf(value: V): DocumentValue;

  /**
   * Checks what a manifest said.
   *
   * @throws {VersionStoreError} `data-integrity` when the schema is malformed or the lanes do not fit it
   */
  checkForm(form: StoredForm): void;

  /** Rows; 1 for an opaque value. */
  rowCount(value: V): number;

  /** Bytes of all parts before encoding. */
  rawBytes(value: V): number;

  /**
   * Chooses blocks and lanes so that a segment has about `targetBytes` before encoding. Rows that are wider make larger
   * segments; an array's declared grid is kept whatever the target.
   *
   * @param targetBytes an integer of at least 1
   */
  layoutOf(value: V, targetBytes: number): Layout;

  /**
   * The raw elements of some rows of one lane.
   *
   * @param lane from a form that fits the value's schema, its own or one it was reconciled with
   * @returns parts that may be views of the value's memory: encode them before the value changes
   * @throws {VersionStoreError} `invalid-range` when the rows are not within the value, `invalid-argument` when the
   *   value was changed into something that cannot be stored (a lone surrogate, a boolean that is not 0 or 1)
   */
  encodeLane(value: V, lane: DocumentValue, rows: RowRange): Part[];

  /**
   * Puts stored blocks together, in the order given.
   *
   * @param blocks none gives a value of no rows with the schema kept; parts are only read, at any alignment
   * @throws {VersionStoreError} `data-integrity` when parts do not fit the form and the block's rows, `no-such-column`,
   *   `invalid-range`, `invalid-argument` as {@link RowwiseOperations.lanesFor}
   */
  assemble(form: StoredForm, blocks: readonly StoredBlock[], selection?: Selection): V;

  /** Absent for opaque values: those have no ranges, no selections, and cannot be appended to. */
  readonly rowwise?: RowwiseOperations<V> | undefined;
}

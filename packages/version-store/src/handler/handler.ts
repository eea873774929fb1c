import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Part } from "../segment/part.ts";
import type { RowRange } from "../value/row-range.ts";
import type { RowwiseOperations } from "./rowwise-operations.ts";

/**
 * What a stored version says about its value, kept in the manifest.
 *
 * Rows are cut into blocks of consecutive rows, and every block is cut across into lanes: groups of columns of a frame,
 * tiles over the axes after the first of an array. A segment is one block of one lane.
 */
export interface StoredForm {
  /** Types, names, index; for arrays the shape beyond axis 0. Independent of the number of rows. */
  readonly schema: DocumentValue;
  /** What each lane holds. A lane's number is its position here, and never changes while blocks use it. */
  readonly lanes: readonly DocumentValue[];
}

/** How to cut a value that is stored afresh. */
export interface Layout {
  /** Rows of every block but the last; at least 1. */
  readonly rowsPerBlock: number;
  /** At least one, except for a frame with neither index nor columns. */
  readonly lanes: readonly DocumentValue[];
}

/** A part of a value across its rows. Both absent: everything. */
export interface Selection {
  /** Columns of a frame, in the wanted order. The index comes along always; `[]` is the index alone. */
  readonly columns?: readonly string[] | undefined;
  /** Positions on axis 1 of an array, in the wanted order. */
  readonly members?: readonly number[] | undefined;
}

/** One block as it was stored, decoded to parts. */
export interface StoredBlock {
  /** Rows of the whole block. */
  readonly rows: number;
  /** Which rows are wanted, one range after the other; default all. */
  readonly keep?: readonly RowRange[] | undefined;
  /**
   * The parts of each lane by its number. Lanes that the selection does not need may be absent. A frame's block may
   * lack lanes that were added after it was stored; its rows get `""`, 0, NaN or `false` there.
   */
  readonly parts: ReadonlyMap<number, readonly Part[]>;
}

/**
 * Knows one kind of value: how to describe it, cut it, and put it together again. Pure: no I/O, no versions.
 *
 * Whatever a handler returns as a value owns its memory and is writable.
 */
export interface Handler<V = unknown> {
  /** Stored in manifests, never renamed: `frame`, `array` or `value`. */
  readonly name: string;

  accepts(value: unknown): value is V;

  /** The schema as it is stored. Equal schemas have equal canonical encodings. */
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

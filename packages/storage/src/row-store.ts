import type { CallOptions } from "./blob-store.ts";
import type { Key, KeyRange } from "./key.ts";

/**
 * Bigtable's data model: rows in key order; a row has cells, each named by family, qualifier and timestamp.
 * Atomic per row, never across rows.
 */

/** A family name: 1 to 32 of `a-z A-Z 0-9 _ -`. */
export type FamilyName = string;

export interface RowStoreCapabilities {
  /** The largest cell value in bytes. */
  readonly maxCellBytes: number;
  /** The longest qualifier in bytes. Qualifiers are printable ASCII like keys, and may be empty. */
  readonly maxQualifierBytes: number;
  /** The most rows in one `mutateRows` call. */
  readonly maxRowsPerMutation: number;
  /** Whether a resolved write survives a power loss. */
  readonly durable: boolean;
}

/** When cells of a family may be removed. Reads apply the rule at once; bytes go away later. */
export interface GarbageRule {
  /** Keep only the newest n cells of a column, n ≥ 1. */
  readonly maxVersions?: number | undefined;
  /** Drop cells older than this, by their timestamp against the store's clock, in milliseconds ≥ 1. */
  readonly maxAgeMs?: number | undefined;
}

export interface Cell {
  readonly family: FamilyName;
  readonly qualifier: string;
  /** Microseconds, a non-negative safe integer, always a multiple of 1 000. */
  readonly timestampMicros: number;
  /** Belongs to the caller. */
  readonly value: Uint8Array;
}

/** Cells in order of family, qualifier, then newest first. A row without cells does not exist. */
export interface Row {
  readonly key: Key;
  readonly cells: readonly Cell[];
}

export interface RowFilter {
  /** Only these families. */
  readonly families?: readonly FamilyName[] | undefined;
  /** Only qualifiers in this range. */
  readonly qualifiers?: KeyRange | undefined;
  /** At most this many newest cells of each column, ≥ 1. */
  readonly cellsPerColumn?: number | undefined;
  /** Only cells with `gte` ≤ timestamp < `lt`, in microseconds. */
  readonly timestampsMicros?: { readonly gte?: number; readonly lt?: number } | undefined;
}

export interface RowSelection {
  /** Single rows. Rows selected twice are returned once. */
  readonly keys?: readonly Key[] | undefined;
  /** Ranges of rows; may overlap. `keys` and `ranges` both missing selects every row; both empty selects none. */
  readonly ranges?: readonly KeyRange[] | undefined;
}

export interface ReadRowsOptions extends CallOptions {
  readonly filter?: RowFilter | undefined;
  /** The most rows in all, ≥ 1. */
  readonly limit?: number | undefined;
  /** The most rows in one batch, 1 to 1 000. Default 100. */
  readonly batchSize?: number | undefined;
}

export type CellMutation =
  | {
      readonly type: "set-cell";
      readonly family: FamilyName;
      readonly qualifier: string;
      /** Explicit always, so that a repeated mutation changes nothing. */
      readonly timestampMicros: number;
      readonly value: Uint8Array;
    }
  | {
      readonly type: "delete-column";
      readonly family: FamilyName;
      readonly qualifier: string;
      readonly timestampsMicros?: { readonly gte?: number; readonly lt?: number } | undefined;
    }
  | { readonly type: "delete-family"; readonly family: FamilyName }
  | { readonly type: "delete-row" };

export interface RowMutation {
  readonly key: Key;
  /** Applied in order, atomically for the row; at least one. */
  readonly mutations: readonly CellMutation[];
}

/** What became of one row of a `mutateRows` call. */
export type RowStatus =
  | { readonly key: Key; readonly ok: true }
  | { readonly key: Key; readonly ok: false; readonly error: Error };

/** Holds when the newest live cell of the column exists and, with `value`, has exactly these bytes. */
export interface RowPredicate {
  readonly family: FamilyName;
  readonly qualifier: string;
  readonly value?: Uint8Array | undefined;
}

export interface ConditionalRowMutation {
  readonly key: Key;
  readonly predicate: RowPredicate;
  /** Applied when the predicate holds. */
  readonly onMatch?: readonly CellMutation[] | undefined;
  /** Applied when it does not. */
  readonly onNoMatch?: readonly CellMutation[] | undefined;
}

/** Rows of one table. Values passed in are only read during the call. */
export interface RowStore {
  readonly capabilities: RowStoreCapabilities;

  /** The families of the table and their rules. */
  families(options?: CallOptions): Promise<ReadonlyMap<FamilyName, GarbageRule>>;

  /** Creates the family or changes its rule. */
  setFamily(family: FamilyName, rule: GarbageRule, options?: CallOptions): Promise<void>;

  /** Selected rows in key order, in batches (never an empty one). Each row is read atomically. */
  readRows(selection: RowSelection, options?: ReadRowsOptions): AsyncIterable<readonly Row[]>;

  /**
   * Applies each row's mutations. Resolves with one status per row, in the order given, even when all failed;
   * rejects only when the call itself is wrong. An unknown family fails its row with `invalid-argument`.
   */
  mutateRows(
    mutations: readonly RowMutation[],
    options?: CallOptions,
  ): Promise<readonly RowStatus[]>;

  /**
   * Tests one row and changes it, atomically.
   *
   * @returns whether the predicate held
   * @throws {StorageError} with `retry: "unknown-outcome"` when it cannot be known what happened
   */
  checkAndMutateRow(
    mutation: ConditionalRowMutation,
    options?: CallOptions,
  ): Promise<{ readonly matched: boolean }>;
}

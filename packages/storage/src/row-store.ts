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

/**
 * When cells of a family may be removed: a cell goes as soon as one of the two conditions says so; `{}` keeps all.
 * Reads and predicates apply the rule at once; bytes go away later.
 */
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

/** Which cells of the selected rows to return. A row of which none is left is not returned and not counted. */
export interface RowFilter {
  /** Only these families; names the table does not have select nothing. */
  readonly families?: readonly FamilyName[] | undefined;
  /** Only qualifiers in this range. */
  readonly qualifiers?: KeyRange | undefined;
  /** At most this many newest cells of each column, ≥ 1, counted among those that the other conditions let through. */
  readonly cellsPerColumn?: number | undefined;
  /** Only cells with `gte` ≤ timestamp < `lt`, in microseconds, non-negative safe integers. */
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
      /** Only cells with `gte` ≤ timestamp < `lt`. Default: all of the column. */
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

/**
 * Holds when the newest live cell of the column exists and, with `value`, has exactly these bytes. Older cells never
 * count. In a family that the table does not have nothing exists.
 */
export interface RowPredicate {
  readonly family: FamilyName;
  readonly qualifier: string;
  readonly value?: Uint8Array | undefined;
}

export interface ConditionalRowMutation {
  readonly key: Key;
  readonly predicate: RowPredicate;
  /** Applied in order when the predicate holds. One of the two lists at least has a mutation. */
  readonly onMatch?: readonly CellMutation[] | undefined;
  /** Applied when it does not. */
  readonly onNoMatch?: readonly CellMutation[] | undefined;
}

/**
 * Rows of one table. Values passed in are only read during the call; results belong to the caller. Failures always
 * arrive as rejections.
 */
export interface RowStore {
  readonly capabilities: RowStoreCapabilities;

  /** The families of the table and their rules. The map belongs to the caller. */
  families(options?: CallOptions): Promise<ReadonlyMap<FamilyName, GarbageRule>>;

  /**
   * Creates the family or changes its rule.
   *
   * @throws {StorageError} `invalid-argument` for a wrong name or rule
   */
  setFamily(family: FamilyName, rule: GarbageRule, options?: CallOptions): Promise<void>;

  /**
   * Selected rows in key order, in batches (never an empty one). Each row is read atomically; rows written or deleted
   * meanwhile may or may not appear. Iterate a result once; leaving the loop early ends its work.
   *
   * @throws {StorageError} from the iteration: `invalid-argument` for an option outside what is documented, `closed`,
   *   `aborted`, `unavailable`, `timeout`
   */
  readRows(selection: RowSelection, options?: ReadRowsOptions): AsyncIterable<readonly Row[]>;

  /**
   * Applies each row's mutations, each row atomically: a row that fails is left as it was. Resolves with one status per
   * row, in the order given, even when all failed. An unknown family fails its row with `invalid-argument`. Give each
   * key once: the order among rows is not defined.
   *
   * @throws {StorageError} only for the call as a whole: `invalid-argument` (a row without mutations, a malformed name,
   *   qualifier or timestamp), `too-large`, `closed`, `aborted`. No row was changed then, unless the signal was
   *   aborted while the call was under way
   */
  mutateRows(
    mutations: readonly RowMutation[],
    options?: CallOptions,
  ): Promise<readonly RowStatus[]>;

  /**
   * Tests one row and changes it, atomically.
   *
   * @returns whether the predicate held
   * @throws {StorageError} `invalid-argument` (also for an unknown family in the list that applies; the row is left
   *   as it was then), `too-large`, `full`, `read-only`, `closed`, `aborted`, `unavailable`, `timeout`. With
   *   `retry: "unknown-outcome"` when it cannot be known what happened; read the row back then
   */
  checkAndMutateRow(
    mutation: ConditionalRowMutation,
    options?: CallOptions,
  ): Promise<{ readonly matched: boolean }>;
}

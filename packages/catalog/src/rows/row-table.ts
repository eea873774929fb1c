import type {
  CallOptions,
  CellMutation,
  FamilyName,
  Key,
  KeyRange,
  Row,
  RowMutation,
  RowStore,
} from "@foretile/storage";
import { retryAdvice } from "@foretile/resilience";

/**
 * Every cell is written at this time: setting one again replaces it, whatever any clock says, and the last writer of a
 * cell wins.
 */
const TIMESTAMP = 0;

/** Rows of one `mutateRows` call. */
const ROWS_PER_CALL = 500;

/** The families of a catalog's table. */
export const FAMILIES = ["request", "predictions", "scores", "prices", "list", "record"] as const;
export type CatalogFamily = (typeof FAMILIES)[number];

/** The cell's value in a row read with at most one cell per column. */
export function cellOf(row: Row, family: CatalogFamily, qualifier: string): Uint8Array | undefined {
  return row.cells.find((cell) => cell.family === family && cell.qualifier === qualifier)?.value;
}

export function setCell(family: CatalogFamily, qualifier: string, value: Uint8Array): CellMutation {
  return { type: "set-cell", family, qualifier, timestampMicros: TIMESTAMP, value };
}

/** A few calls over the rows of a catalog's table, in its terms. */
export class RowTable {
  readonly #rows: RowStore;

  constructor(rows: RowStore) {
    this.#rows = rows;
  }

  async readRow(
    key: Key,
    families: readonly CatalogFamily[],
    options?: CallOptions,
  ): Promise<Row | undefined> {
    return (await this.readKeys([key], families, options)).get(key);
  }

  async readKeys(
    keys: readonly Key[],
    families: readonly CatalogFamily[],
    options?: CallOptions,
  ): Promise<ReadonlyMap<string, Row>> {
    const found = new Map<string, Row>();
    const reads = this.#rows.readRows(
      { keys },
      { signal: options?.signal, filter: { families, cellsPerColumn: 1 } },
    );
    for await (const batch of reads) for (const row of batch) found.set(row.key, row);
    return found;
  }

  readRange(
    range: KeyRange,
    families: readonly CatalogFamily[],
    options: CallOptions & { readonly batchSize: number },
  ): AsyncIterable<readonly Row[]> {
    const { signal, batchSize } = options;
    const filter = { families, cellsPerColumn: 1 };
    return this.#rows.readRows({ ranges: [range] }, { signal, batchSize, filter });
  }

  /** Changes rows, each atomically; fails with the first row's error when any failed. All are repeatable. */
  async mutate(mutations: readonly RowMutation[], options?: CallOptions): Promise<void> {
    const perCall = Math.min(ROWS_PER_CALL, this.#rows.capabilities.maxRowsPerMutation);
    for (let at = 0; at < mutations.length; at += perCall) {
      const statuses = await this.#rows.mutateRows(mutations.slice(at, at + perCall), options);
      for (const status of statuses) if (!status.ok) throw status.error;
    }
  }

  /**
   * Changes a row only if a cell still is what was read.
   *
   * @param seen the cell's value, `undefined` when there was none
   * @returns whether the change happened; `unknown` when the answer was lost
   */
  async swap(
    key: Key,
    [family, qualifier]: readonly [FamilyName, string],
    seen: Uint8Array | undefined,
    mutations: readonly CellMutation[],
    options?: CallOptions,
  ): Promise<boolean | "unknown"> {
    try {
      const predicate = { family, qualifier, value: seen };
      const { matched } = await this.#rows.checkAndMutateRow(
        seen === undefined
          ? { key, predicate, onNoMatch: mutations }
          : { key, predicate, onMatch: mutations },
        options,
      );
      return matched === (seen !== undefined);
    } catch (error) {
      if (retryAdvice(error) === "unknown-outcome") return "unknown";
      throw error;
    }
  }
}

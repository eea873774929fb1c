import type { Clock } from "@foretile/resilience";
import {
  isStorageError,
  type Cell,
  type CellMutation,
  type ReadRowsOptions,
  type Row,
  type RowMutation,
  type RowSelection,
  type RowStatus,
  type RowStore,
  type RowStoreCapabilities,
} from "@foretile/storage";
import {
  batched,
  checkBatchSize,
  checkConditionalMutation,
  checkGarbageRule,
  checkReadRows,
  checkRowMutations,
  rowRanges,
  type CallScope,
} from "@foretile/storage/adapter";

import { readFamilies, writeFamily } from "./families.ts";
import type { StoreContext } from "./store-context.ts";
import { readRows, rowBounds } from "./row-reader.ts";
import { createRowWriter, type RowWriter } from "./row-writer.ts";
import { scan } from "./scan.ts";

const DEFAULT_BATCH = 100;
const MAX_BATCH = 1_000;

const capabilities: RowStoreCapabilities = {
  maxCellBytes: 64 * 1024 * 1024,
  // With table, row and family the key of a cell stays below 750 bytes; LMDB's pages of 4 KiB allow 1 978.
  maxQualifierBytes: 256,
  maxRowsPerMutation: 100_000,
  durable: true,
};

/** Rows of one table in `cells`, their families in `families`. */
export function createLmdbRowStore(
  calls: CallScope,
  context: StoreContext,
  table: string,
  clock: Clock,
): RowStore {
  const { environment, write } = context;

  /** For one call inside a write transaction. */
  function writer(): RowWriter {
    const { cells, families } = environment.databases;
    return createRowWriter(cells, table, readFamilies(families, table), clock.nowMs());
  }

  // Each row is a call of its own: rows are atomic singly, and the group commit packs them into transactions.
  async function mutateRow({ key, mutations }: RowMutation): Promise<RowStatus> {
    try {
      await write(valueBytes(mutations), () => writer().change(key, mutations));
      return { key, ok: true };
    } catch (error) {
      if (isStorageError(error)) return { key, ok: false, error };
      throw error;
    }
  }

  function* selectedRows(
    selection: RowSelection,
    { filter, limit = Number.POSITIVE_INFINITY }: ReadRowsOptions,
    batchSize: number,
  ): Generator<Row, void, undefined> {
    let rest = limit;
    for (const range of rowRanges(selection)) {
      const rows = scan(rowBounds(table, range), (bounds) =>
        environment.read(() => {
          const { cells, families } = environment.databases;
          const view = { families: readFamilies(families, table), filter, nowMs: clock.nowMs() };
          return readRows(cells, table, bounds, Math.min(batchSize, rest), view);
        }),
      );
      for (const row of rows) {
        environment.touch(valueBytes(row.cells));
        yield row;
        rest -= 1;
        if (rest === 0) return;
      }
    }
  }

  return {
    capabilities,

    families: (options) =>
      calls.run(options?.signal, () =>
        environment.read(() => readFamilies(environment.databases.families, table)),
      ),

    setFamily: (family, rule, options) =>
      calls.run(options?.signal, () => {
        checkGarbageRule(family, rule);
        return write(0, () => writeFamily(environment.databases.families, table, family, rule));
      }),

    readRows: (selection, options = {}) => {
      const batchSize = options.batchSize ?? DEFAULT_BATCH;
      return batched(calls, options.signal, batchSize, () => {
        checkReadRows(selection, options);
        checkBatchSize(batchSize, MAX_BATCH);
        return selectedRows(selection, options, batchSize);
      });
    },

    mutateRows: (mutations, options) =>
      calls.run(options?.signal, () => {
        checkRowMutations(mutations, capabilities);
        return Promise.all(mutations.map(mutateRow));
      }),

    checkAndMutateRow: (mutation, options) =>
      calls.run(options?.signal, () => {
        checkConditionalMutation(mutation, capabilities);
        const { key, predicate, onMatch = [], onNoMatch = [] } = mutation;
        const bytes = Math.max(valueBytes(onMatch), valueBytes(onNoMatch));
        return write(bytes, () => {
          const rows = writer();
          const matched = rows.holds(key, predicate);
          rows.change(key, matched ? onMatch : onNoMatch);
          return { matched };
        });
      }),
  };
}

function valueBytes(cells: readonly (CellMutation | Cell)[]): number {
  return cells.reduce((bytes, cell) => bytes + ("value" in cell ? cell.value.byteLength : 0), 0);
}

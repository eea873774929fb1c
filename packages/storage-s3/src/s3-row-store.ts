import type { Random } from "@foretile/resilience";
import {
  isStorageError,
  type Row,
  type RowMutation,
  type RowStatus,
  type RowStore,
  type RowStoreCapabilities,
} from "@foretile/storage";
import {
  checkBatchSize,
  checkConditionalMutation,
  checkGarbageRule,
  checkReadRows,
  checkRowMutations,
  fetchedBatches,
  type CallScope,
} from "@foretile/storage/adapter";

import { createRowReader } from "./row-reader.ts";
import { createRowWriter, holds } from "./row-writer.ts";
import type { StoreContext } from "./store-context.ts";
import { createTableContext } from "./table-context.ts";
import type { Families } from "./table-families.ts";

const DEFAULT_BATCH = 100;
const MAX_BATCH = 1_000;

const capabilities: RowStoreCapabilities = {
  // Each change of a row reads and writes the whole row.
  maxCellBytes: 8 * 1024 * 1024,
  maxQualifierBytes: 256,
  // Two requests for each.
  maxRowsPerMutation: 1_000,
  durable: true,
};

/** Rows of one table under `t/TABLE/`, one record each; its families in the record `f/TABLE`. */
export function createS3RowStore(
  calls: CallScope,
  context: StoreContext,
  name: string,
  random: Random,
): RowStore {
  const table = createTableContext(context, name, random);
  const writer = createRowWriter(table, context.clock);

  async function mutateRow(
    { key, mutations }: RowMutation,
    families: () => Promise<Families>,
    signal: AbortSignal | undefined,
  ): Promise<RowStatus> {
    try {
      await writer.change(key, families, () => mutations, signal);
      return { key, ok: true };
    } catch (error) {
      if (!isStorageError(error) || isStorageError(error, "aborted")) throw error;
      return { key, ok: false, error };
    }
  }

  return {
    capabilities,

    families: (options) =>
      calls.run(options?.signal, async () => new Map(await table.families(options?.signal))),

    setFamily: (family, rule, options) =>
      calls.run(options?.signal, () => {
        checkGarbageRule(family, rule);
        context.checkWritable();
        return table.setFamily(family, rule, options?.signal);
      }),

    readRows: (selection, options = {}) => {
      const batchSize = options.batchSize ?? DEFAULT_BATCH;
      let next: (() => Promise<readonly Row[]>) | undefined;
      return fetchedBatches(calls, options.signal, () => {
        if (next === undefined) {
          checkReadRows(selection, options);
          checkBatchSize(batchSize, MAX_BATCH);
          next = createRowReader(context, table, selection, { ...options, batchSize });
        }
        return next();
      });
    },

    mutateRows: (mutations, options) =>
      calls.run(options?.signal, async () => {
        checkRowMutations(mutations, capabilities);
        context.checkWritable();
        if (mutations.length === 0) return [];
        let asked: Promise<Families> | undefined;
        const families = (): Promise<Families> => (asked ??= table.families(options?.signal));
        const statuses = await Promise.allSettled(
          mutations.map((mutation) => mutateRow(mutation, families, options?.signal)),
        );
        return statuses.map((status) => {
          if (status.status === "rejected") throw status.reason;
          return status.value;
        });
      }),

    checkAndMutateRow: (mutation, options) =>
      calls.run(options?.signal, async () => {
        checkConditionalMutation(mutation, capabilities);
        context.checkWritable();
        const { key, predicate, onMatch = [], onNoMatch = [] } = mutation;
        let matched = false;
        await writer.change(
          key,
          () => table.families(options?.signal),
          (cells) => {
            matched = holds(cells, predicate);
            return matched ? onMatch : onNoMatch;
          },
          options?.signal,
        );
        return { matched };
      }),
  };
}

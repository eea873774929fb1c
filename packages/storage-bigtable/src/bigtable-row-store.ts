import {
  StorageError,
  type CellMutation,
  type ConditionalRowMutation,
  type FamilyName,
  type Key,
  type ReadRowsOptions,
  type Row,
  type RowMutation,
  type RowPredicate,
  type RowSelection,
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
  rowRanges,
  type CallScope,
} from "@foretile/storage/adapter";

import { checkAndMutate } from "./check-and-mutate.ts";
import { ownedBytes, type ReceivedRow } from "./row-assembler.ts";
import { predicateFilter, readFilter, type Families } from "./row-filters.ts";
import { mutatedFamilies, protoMutation, valueBytes } from "./row-mutations.ts";
import { scanRows } from "./row-scan.ts";
import { createRowSender } from "./row-sender.ts";
import { scanBatches, type ScannedEntry } from "./scan-batches.ts";
import { checkWritable, readOnlyError, tableOf, type StoreContext } from "./store-context.ts";
import { createTableFamilies } from "./table-families.ts";

const DEFAULT_BATCH = 100;
const MAX_BATCH = 1_000;

const capabilities: RowStoreCapabilities = {
  // The service takes 100 MB.
  maxCellBytes: 64 * 1024 * 1024,
  // The service takes 16 KiB, but filters of no more than 20 KB, which name a qualifier twice.
  maxQualifierBytes: 1024,
  maxRowsPerMutation: 100_000,
  durable: true,
};

/** A filter names the value twice too. */
const MAX_PREDICATE_BYTES = 8 * 1024;

/** Rows of the Bigtable table `PREFIX_name`, as they are: nothing is stored beside them. */
export function createBigtableRowStore(
  calls: CallScope,
  context: StoreContext,
  name: string,
): RowStore {
  const table = tableOf(context, context.names.tableId(name));
  const families = createTableFamilies(table, context.names.instance, context.clock);
  const sender = createRowSender(table, context.limits.send);

  async function* selectedRows(
    selection: RowSelection,
    { filter, limit }: ReadRowsOptions,
    signal: AbortSignal,
  ): AsyncGenerator<ScannedEntry<Row>, void, undefined> {
    const ranges = rowRanges(selection);
    const known = await families.recent(filter?.families ?? [], signal);
    const wanted = readFilter(filter, known, context.clock.nowMs());
    if (wanted === undefined) return;
    for await (const row of scanRows(table, { ranges, filter: wanted, limit }, signal)) {
      yield {
        entry: ownedRow(row),
        bytes: row.cells.reduce((sum, { value }) => sum + value.length, 0),
      };
    }
  }

  async function mutateRows(
    rows: readonly RowMutation[],
    signal: AbortSignal | undefined,
  ): Promise<readonly RowStatus[]> {
    const named = new Set(rows.flatMap(({ mutations }) => mutatedFamilies(mutations)));
    const known = named.size === 0 ? undefined : await families.recent([...named], signal);
    const statuses: RowStatus[] = [];
    const sent: number[] = [];
    for (const [index, { key, mutations }] of rows.entries()) {
      const missing = missingFamily(mutations, known);
      if (missing === undefined) sent.push(index);
      else statuses[index] = { key, ok: false, error: unknownFamily(missing) };
    }
    const outgoing = sent.flatMap((index) => rows[index] ?? []);
    const failures = await sender.send(
      outgoing.map(({ key, mutations }) => ({
        key,
        mutations: mutations.map(protoMutation),
        bytes: valueBytes(mutations),
      })),
      signal,
    );
    for (const [position, { key }] of outgoing.entries()) {
      const error = failures[position];
      statuses[sent[position] ?? 0] =
        error === undefined ? { key, ok: true } : { key, ok: false, error };
    }
    return statuses;
  }

  async function change(
    { key, predicate, onMatch = [], onNoMatch = [] }: ConditionalRowMutation,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly matched: boolean }> {
    const named = [predicate.family, ...mutatedFamilies(onMatch), ...mutatedFamilies(onNoMatch)];
    const known = await families.recent(named, signal);
    // The service might refuse a list that does not apply, or apply one in part: only sound lists are sent.
    const missingOnMatch = missingFamily(onMatch, known);
    const missingOnNoMatch = missingFamily(onNoMatch, known);
    const matched = await checkAndMutate(
      table,
      {
        key,
        filter: predicateFilter(predicate, known, context.clock.nowMs()),
        onMatch: missingOnMatch === undefined ? onMatch.map(protoMutation) : [],
        onNoMatch: missingOnNoMatch === undefined ? onNoMatch.map(protoMutation) : [],
      },
      signal,
    );
    const missing = matched ? missingOnMatch : missingOnNoMatch;
    if (missing !== undefined) throw unknownFamily(missing);
    return { matched };
  }

  function unknownFamily(family: FamilyName): StorageError {
    return new StorageError(
      "invalid-argument",
      `unknown family, provision the table family=${family} table=${table.id}`,
    );
  }

  return {
    capabilities,

    families: (options) =>
      calls.run(options?.signal, async () => new Map(await families.read(options?.signal))),

    setFamily: (family, rule, options) =>
      calls.run(options?.signal, () => {
        checkWritable(context);
        checkGarbageRule(family, rule);
        return families.set(family, rule, options?.signal);
      }),

    readRows: (selection, options = {}) => {
      const batchSize = options.batchSize ?? DEFAULT_BATCH;
      return scanBatches(calls, options.signal, batchSize, (signal) => {
        checkReadRows(selection, options);
        checkBatchSize(batchSize, MAX_BATCH);
        return selectedRows(selection, options, signal);
      });
    },

    mutateRows: (mutations, options) =>
      calls.run(options?.signal, () => {
        checkRowMutations(mutations, capabilities);
        if (!context.writable) return mutations.map(({ key }) => refused(key));
        return mutateRows(mutations, options?.signal);
      }),

    checkAndMutateRow: (mutation, options) =>
      calls.run(options?.signal, () => {
        checkWritable(context);
        checkConditionalMutation(mutation, capabilities);
        checkPredicate(mutation.predicate);
        return change(mutation, options?.signal);
      }),
  };
}

/** @throws {StorageError} `too-large` for a value that the service cannot compare */
function checkPredicate({ value }: RowPredicate): void {
  if (value !== undefined && value.byteLength > MAX_PREDICATE_BYTES) {
    throw new StorageError(
      "too-large",
      `value to compare is too large length=${value.byteLength} limit=${MAX_PREDICATE_BYTES}`,
    );
  }
}

function refused(key: Key): RowStatus {
  return { key, ok: false, error: readOnlyError() };
}

function missingFamily(
  mutations: readonly CellMutation[],
  known: Families | undefined,
): FamilyName | undefined {
  return mutatedFamilies(mutations).find((family) => known?.has(family) !== true);
}

/** The row in memory of its own, its families in order: the service sends them in an order of its own. */
function ownedRow({ key, cells }: ReceivedRow): Row {
  const owned = cells.map((cell) => ({ ...cell, value: ownedBytes(cell.value) }));
  // Stable: the cells of a family are in order already.
  owned.sort((left, right) => {
    if (left.family === right.family) return 0;
    return left.family < right.family ? -1 : 1;
  });
  return { key, cells: owned };
}

import type { Clock } from "@foretile/resilience";
import { batched } from "../adapter/batched.ts";
import type { CallScope } from "../adapter/call-scope.ts";
import { checkBatchSize } from "../adapter/check-arguments.ts";
import {
  checkConditionalMutation,
  checkGarbageRule,
  checkReadRows,
  checkRowMutations,
} from "../adapter/check-row-arguments.ts";
import { applyMutations, filterCells, liveCells } from "../adapter/row-cells.ts";
import { rowRanges } from "../adapter/row-ranges.ts";
import { copyBytes } from "../copy-bytes.ts";
import { equalBytes } from "../equal-bytes.ts";
import type { Key } from "../key.ts";
import type {
  Cell,
  CellMutation,
  FamilyName,
  GarbageRule,
  ReadRowsOptions,
  Row,
  RowMutation,
  RowPredicate,
  RowSelection,
  RowStatus,
  RowStore,
  RowStoreCapabilities,
} from "../row-store.ts";
import { isStorageError } from "../storage-error.ts";
import { OrderedMap } from "./ordered-map.ts";

const DEFAULT_BATCH = 100;
const MAX_BATCH = 1_000;

export function createMemoryRowStore(
  calls: CallScope,
  clock: Clock,
  capabilities: RowStoreCapabilities,
): RowStore {
  const rows = new OrderedMap<readonly Cell[]>();
  const families = new Map<FamilyName, GarbageRule>();

  function live(key: string): readonly Cell[] {
    return liveCells(rows.get(key) ?? [], families, clock.nowMs());
  }

  function change(key: string, mutations: readonly CellMutation[]): void {
    const cells = applyMutations(live(key), mutations.map(copyValue), families);
    if (cells.length === 0) rows.delete(key);
    else rows.set(key, cells);
  }

  function status({ key, mutations }: RowMutation): RowStatus {
    try {
      change(key, mutations);
      return { key, ok: true };
    } catch (error) {
      if (isStorageError(error)) return { key, ok: false, error };
      throw error;
    }
  }

  function holds(key: string, { family, qualifier, value }: RowPredicate): boolean {
    const newest = live(key).find((cell) => cell.family === family && cell.qualifier === qualifier);
    return newest !== undefined && (value === undefined || equalBytes(newest.value, value));
  }

  function* selectedRows(
    selection: RowSelection,
    { filter, limit = Number.POSITIVE_INFINITY }: ReadRowsOptions,
  ): Generator<Row, void, undefined> {
    let found = 0;
    for (const range of rowRanges(selection)) {
      for (const [key] of rows.entries(range)) {
        const cells = filterCells(live(key), filter);
        if (cells.length === 0) continue;
        yield { key: key as Key, cells: cells.map(copyValue) };
        found += 1;
        if (found === limit) return;
      }
    }
  }

  return {
    capabilities,

    families: (options) => calls.run(options?.signal, () => new Map(families)),

    setFamily: (family, rule, options) =>
      calls.run(options?.signal, () => {
        checkGarbageRule(family, rule);
        families.set(family, { ...rule });
      }),

    readRows: (selection, options = {}) => {
      const batchSize = options.batchSize ?? DEFAULT_BATCH;
      return batched(calls, options.signal, batchSize, () => {
        checkReadRows(selection, options);
        checkBatchSize(batchSize, MAX_BATCH);
        return selectedRows(selection, options);
      });
    },

    mutateRows: (mutations, options) =>
      calls.run(options?.signal, () => {
        checkRowMutations(mutations, capabilities);
        return mutations.map(status);
      }),

    checkAndMutateRow: (mutation, options) =>
      calls.run(options?.signal, () => {
        checkConditionalMutation(mutation, capabilities);
        const { key, predicate, onMatch = [], onNoMatch = [] } = mutation;
        const matched = holds(key, predicate);
        change(key, matched ? onMatch : onNoMatch);
        return { matched };
      }),
  };
}

function copyValue<T extends Cell | CellMutation>(item: T): T {
  return "value" in item ? { ...item, value: copyBytes(item.value) } : item;
}

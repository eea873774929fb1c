import { checkRowMutations } from "../adapter/check-row-arguments.ts";
import { rowRanges } from "../adapter/row-ranges.ts";
import type {
  CellMutation,
  ReadRowsOptions,
  Row,
  RowMutation,
  RowSelection,
  RowStatus,
  RowStore,
} from "../row-store.ts";
import type { LayeredCalls } from "./layered-calls.ts";
import { layeredListing, type GivenEntries } from "./layered-listing.ts";
import { asStatuses } from "./row-statuses.ts";

export function layerRowStore(rows: RowStore, calls: LayeredCalls): RowStore {
  const { capabilities } = rows;

  function mutate(
    mutations: readonly RowMutation[],
    signal: AbortSignal | undefined,
  ): Promise<readonly RowStatus[]> {
    return asStatuses(mutations, () => rows.mutateRows(mutations, { signal }));
  }

  return {
    capabilities,

    families: (options) =>
      calls.run({ operation: "rows.families", key: undefined, signal: options?.signal }, (signal) =>
        rows.families({ signal }),
      ),

    setFamily: (family, rule, options) =>
      calls.run(
        { operation: "rows.setFamily", key: undefined, signal: options?.signal },
        (signal) => rows.setFamily(family, rule, { signal }),
      ),

    readRows: (selection, options) =>
      layeredListing(
        calls,
        {
          operation: "rows.readRows",
          key: selection.keys?.[0] ?? selection.ranges?.[0]?.gte,
          signal: options?.signal,
          bytesRead: cellBytes,
        },
        (signal, given) =>
          given === undefined
            ? rows.readRows(selection, { ...options, signal })
            : readOn(rows, selection, { ...options, signal }, given),
      ),

    mutateRows: (mutations, options) =>
      asStatuses(mutations, () => {
        const signal = options?.signal;
        const { layer } = calls;
        const aroundRows = layer.aroundRows?.bind(layer);
        if (aroundRows === undefined) {
          return calls.run(
            {
              operation: "rows.mutateRows",
              key: mutations[0]?.key,
              signal,
              bytesWritten: valueBytes(mutations.flatMap((row) => row.mutations)),
              failure: firstFailure,
            },
            (inner) => mutate(mutations, inner),
          );
        }
        return calls.within(signal, async () => {
          // A layer may send the rows in parts; a malformed one must stop them all.
          checkRowMutations(mutations, capabilities);
          return aroundRows(mutations, signal, (part) => mutate(part, signal));
        });
      }),

    checkAndMutateRow: (mutation, options) =>
      calls.run(
        {
          operation: "rows.checkAndMutateRow",
          key: mutation.key,
          signal: options?.signal,
          bytesWritten: valueBytes([...(mutation.onMatch ?? []), ...(mutation.onNoMatch ?? [])]),
        },
        (signal) => rows.checkAndMutateRow(mutation, { signal }),
      ),
  };
}

/** Reads what is left of a selection behind the rows already given. */
function readOn(
  rows: RowStore,
  selection: RowSelection,
  options: ReadRowsOptions,
  given: GivenEntries,
): AsyncIterable<readonly Row[]> {
  const limit = options.limit === undefined ? undefined : options.limit - given.count;
  if (limit === 0) return rows.readRows({ ranges: [] });
  const ranges = rowRanges(selection).map((range) =>
    range.gte === undefined || range.gte < given.next ? { ...range, gte: given.next } : range,
  );
  return rows.readRows({ ranges }, { ...options, limit });
}

function firstFailure(statuses: readonly RowStatus[]): Error | undefined {
  for (const status of statuses) {
    if (!status.ok) return status.error;
  }
  return undefined;
}

function cellBytes(batch: readonly Row[]): number {
  return batch.flatMap(({ cells }) => cells).reduce((sum, { value }) => sum + value.byteLength, 0);
}

function valueBytes(mutations: readonly CellMutation[]): number {
  return mutations.reduce(
    (sum, mutation) => sum + ("value" in mutation ? mutation.value.byteLength : 0),
    0,
  );
}

import {
  StorageError,
  type Cell,
  type CellMutation,
  type Row,
  type RowFilter,
  type RowMutation,
  type RowStore,
} from "../../../src/index.ts";
import { dropLastBatch, mapBatches, withRows, type Mutant } from "./mutant.ts";

/** Reads with each row's cells changed, or with the filter changed on its way down. */
function reading(
  change: (row: Row, filter: RowFilter) => Row,
  filterBelow: (filter: RowFilter) => RowFilter = (filter) => filter,
) {
  return withRows((rows) => ({
    readRows: (selection, options) => {
      const filter = options?.filter ?? {};
      const below = rows.readRows(selection, { ...options, filter: filterBelow(filter) });
      return mapBatches(below, (batch) => batch.map((row) => change(row, filter)));
    },
  }));
}

/** Writes with each mutation changed on its way down. */
function mutating(change: (mutation: CellMutation) => CellMutation) {
  return withRows((rows) => ({
    mutateRows: (mutations, options) =>
      rows.mutateRows(
        mutations.map((row) => ({ ...row, mutations: row.mutations.map(change) })),
        options,
      ),
  }));
}

async function cellsOf(rows: RowStore, key: Row["key"]): Promise<readonly Cell[]> {
  for await (const [row] of rows.readRows({ keys: [key] })) return row?.cells ?? [];
  return [];
}

const applied = (rows: RowStore, row: RowMutation) => rows.mutateRows([row]);

export const rowMutants: readonly Mutant[] = [
  {
    defect: "forgets the status of the last row",
    caughtBy: "row writes › there is one status per row, in the order given",
    mutate: withRows((rows) => ({
      mutateRows: async (mutations, options) =>
        (await rows.mutateRows(mutations, options)).slice(0, -1),
    })),
  },
  {
    defect: "gives statuses in key order",
    caughtBy: "row writes › there is one status per row, in the order given",
    mutate: withRows((rows) => ({
      mutateRows: async (mutations, options) =>
        (await rows.mutateRows(mutations, options)).toSorted((left, right) =>
          left.key < right.key ? -1 : 1,
        ),
    })),
  },
  {
    defect: "stops at the first failed row",
    caughtBy: "row writes › an unknown family fails its row and no other",
    mutate: withRows((rows) => ({
      mutateRows: async (mutations, options) => {
        const statuses = [];
        let failed: Error | undefined;
        for (const row of mutations) {
          const [status] = failed === undefined ? await rows.mutateRows([row], options) : [];
          if (status?.ok === false) failed = status.error;
          statuses.push(
            status ?? { key: row.key, ok: false as const, error: failed ?? new Error() },
          );
        }
        return statuses;
      },
    })),
  },
  {
    defect: "rejects when all rows fail",
    caughtBy: "row writes › a call in which every row fails still resolves",
    mutate: withRows((rows) => ({
      mutateRows: async (mutations, options) => {
        const statuses = await rows.mutateRows(mutations, options);
        if (statuses.length > 0 && statuses.every(({ ok }) => !ok)) {
          throw new StorageError("unavailable", "all rows failed");
        }
        return statuses;
      },
    })),
  },
  {
    defect: "applies a failing row up to the failure",
    caughtBy: "row writes › an unknown family fails its row and no other",
    mutate: withRows((rows) => ({
      mutateRows: async (mutations, options) => {
        const statuses = await rows.mutateRows(mutations, options);
        for (const [index, status] of statuses.entries()) {
          const row = mutations[index];
          const [first] = row?.mutations ?? [];
          if (!status.ok && row !== undefined && first !== undefined) {
            await applied(rows, { key: row.key, mutations: [first] });
          }
        }
        return statuses;
      },
    })),
  },
  {
    defect: "creates unknown families",
    caughtBy: "row writes › a call in which every row fails still resolves",
    mutate: withRows((rows) => ({
      mutateRows: async (mutations, options) => {
        for (const mutation of mutations.flatMap((row) => row.mutations)) {
          if (mutation.type === "set-cell") await rows.setFamily(mutation.family, {});
        }
        return rows.mutateRows(mutations, options);
      },
    })),
  },
  {
    defect: "applies the sets of a row before its deletes",
    caughtBy: "row writes › mutations of a row apply in order",
    mutate: withRows((rows) => ({
      mutateRows: (mutations, options) =>
        rows.mutateRows(
          mutations.map((row) => ({
            ...row,
            mutations: [
              ...row.mutations.filter(({ type }) => type === "set-cell"),
              ...row.mutations.filter(({ type }) => type !== "set-cell"),
            ],
          })),
          options,
        ),
    })),
  },
  {
    defect: "ignores the time range of delete-column",
    caughtBy: "row writes › delete-column removes a column, or its cells in a half-open time range",
    mutate: mutating((mutation) =>
      mutation.type === "delete-column" ? { ...mutation, timestampsMicros: undefined } : mutation,
    ),
  },
  {
    defect: "applies the mutations of one row one after another, with gaps",
    caughtBy: "row writes › parallel mutations of one row are each applied whole",
    mutate: withRows((rows) => ({
      mutateRows: async (mutations, options) => {
        const statuses = [];
        for (const { key, mutations: list } of mutations) {
          for (const mutation of list)
            await rows.mutateRows([{ key, mutations: [mutation] }], options);
          statuses.push({ key, ok: true as const });
        }
        return statuses;
      },
    })),
  },
  {
    defect: "returns the oldest cell first",
    caughtBy: "row writes › cells come back in order of family, qualifier, then newest first",
    mutate: reading((row) => ({
      ...row,
      cells: row.cells.toSorted((left, right) => left.timestampMicros - right.timestampMicros),
    })),
  },
  {
    defect: "keeps all tables in one",
    caughtBy: "row writes › tables are apart, from each other and from records and blobs",
    mutate: (store) => ({ ...store, table: () => store.table("all") }),
  },
  {
    defect: "returns a row of two ranges twice",
    caughtBy: "row reads › rows selected more than once are returned once, in key order",
    mutate: withRows((rows) => ({
      readRows: async function* (selection, options) {
        yield* rows.readRows({ ...selection, ranges: selection.ranges?.slice(0, 1) }, options);
        for (const range of selection.ranges?.slice(1) ?? []) {
          yield* rows.readRows({ ranges: [range] }, options);
        }
      },
    })),
  },
  {
    defect: "takes an empty selection for all rows",
    caughtBy: "row reads › rows selected more than once are returned once, in key order",
    mutate: withRows((rows) => ({
      readRows: ({ keys, ranges }, options) =>
        rows.readRows(
          {
            keys: keys?.length === 0 ? undefined : keys,
            ranges: ranges?.length === 0 ? undefined : ranges,
          },
          options,
        ),
    })),
  },
  {
    defect: "applies the limit to each range",
    caughtBy: "row reads › a limit counts rows, across batches and ranges",
    mutate: withRows((rows) => ({
      readRows: async function* (selection, options) {
        if (selection.ranges === undefined) yield* rows.readRows(selection, options);
        for (const range of selection.ranges ?? []) {
          yield* rows.readRows({ ranges: [range] }, options);
        }
      },
    })),
  },
  {
    defect: "loses the last batch of rows",
    caughtBy: "row reads › batches of every size together hold each row once",
    mutate: withRows((rows) => ({
      readRows: (selection, options) => dropLastBatch(rows.readRows(selection, options)),
    })),
  },
  {
    defect: "ignores cellsPerColumn",
    caughtBy: "row filters › cellsPerColumn keeps the newest of each column",
    mutate: reading(
      (row) => row,
      (filter) => ({ ...filter, cellsPerColumn: undefined }),
    ),
  },
  {
    defect: "counts cellsPerColumn before the other conditions",
    caughtBy:
      "row filters › conditions combine, and cellsPerColumn counts what the others let through",
    mutate: reading(
      (row, { timestampsMicros }) => ({
        ...row,
        cells: row.cells.filter(
          ({ timestampMicros }) => timestampMicros < (timestampsMicros?.lt ?? Infinity),
        ),
      }),
      (filter) => ({ ...filter, timestampsMicros: undefined }),
    ),
  },
  {
    defect: "returns rows of which no cell is left",
    caughtBy: "row filters › a row of which no cell is left is neither returned nor counted",
    mutate: reading(
      (row, { families }) => ({
        ...row,
        cells: row.cells.filter(({ family }) => families?.includes(family) ?? true),
      }),
      (filter) => ({ ...filter, families: undefined }),
    ),
  },
  {
    defect: "includes the upper end of a time range",
    caughtBy: "row filters › timestampsMicros lets through a half-open range",
    mutate: reading(
      (row) => row,
      ({ timestampsMicros: { gte, lt } = {}, ...filter }) => ({
        ...filter,
        timestampsMicros: {
          ...(gte !== undefined && { gte }),
          ...(lt !== undefined && { lt: lt + 1 }),
        },
      }),
    ),
  },
  {
    defect: "does not apply garbage rules to reads",
    caughtBy: "garbage rules › maxVersions hides all but the newest cells of each column at once",
    mutate: withRows((rows) => ({
      setFamily: (family, _rule, options) => rows.setFamily(family, {}, options),
    })),
  },
  {
    defect: "applies garbage rules only to what is written later",
    caughtBy: "garbage rules › a changed rule applies to what is already stored",
    mutate: withRows((rows) => ({
      setFamily: async (family, rule, options) => {
        const there = (await rows.families()).has(family);
        await rows.setFamily(family, there ? {} : rule, options);
      },
    })),
  },
  {
    defect: "forgets one of the two conditions of a rule",
    caughtBy: "garbage rules › with both conditions a cell goes as soon as one says so",
    mutate: withRows((rows) => ({
      setFamily: (family, { maxVersions, maxAgeMs }, options) =>
        rows.setFamily(family, maxVersions === undefined ? { maxAgeMs } : { maxVersions }, options),
    })),
  },
  {
    defect: "matches an older cell",
    caughtBy:
      "row conditions › only the newest cell counts: an older one with the value does not match",
    mutate: withRows((rows) => ({
      checkAndMutateRow: async (mutation, options) => {
        const { family, qualifier, value } = mutation.predicate;
        const older = (await cellsOf(rows, mutation.key)).some(
          (cell) =>
            cell.family === family &&
            cell.qualifier === qualifier &&
            value?.join() === cell.value.join(),
        );
        const predicate = older ? { family, qualifier } : mutation.predicate;
        return rows.checkAndMutateRow({ ...mutation, predicate }, options);
      },
    })),
  },
  {
    defect: "compares only as many bytes as the predicate has",
    caughtBy: "row conditions › a predicate with value asks for exactly these bytes",
    mutate: withRows((rows) => ({
      checkAndMutateRow: async (mutation, options) => {
        const { family, qualifier, value } = mutation.predicate;
        const [cell] = await cellsOf(rows, mutation.key);
        const prefix = value !== undefined && cell?.value.join().startsWith(value.join());
        const predicate = prefix === true ? { family, qualifier } : mutation.predicate;
        return rows.checkAndMutateRow({ ...mutation, predicate }, options);
      },
    })),
  },
  {
    defect: "tests a predicate and applies the list in two steps",
    caughtBy: "row conditions › of parallel create-if-absent exactly one wins",
    mutate: withRows((rows) => ({
      checkAndMutateRow: async ({ key, predicate, onMatch = [], onNoMatch = [] }) => {
        const matched = (await cellsOf(rows, key)).some(
          ({ family, qualifier }) =>
            family === predicate.family && qualifier === predicate.qualifier,
        );
        const mutations = matched ? onMatch : onNoMatch;
        if (mutations.length > 0) await applied(rows, { key, mutations });
        return { matched };
      },
    })),
  },
  {
    defect: "rounds timestamps instead of refusing them",
    caughtBy: "arguments › a wrong mutation rejects the whole call and no row is changed",
    mutate: mutating((mutation) =>
      mutation.type === "set-cell" && Number.isSafeInteger(mutation.timestampMicros)
        ? { ...mutation, timestampMicros: Math.floor(mutation.timestampMicros / 1_000) * 1_000 }
        : mutation,
    ),
  },
  {
    defect: "hands out its own map of families",
    caughtBy: "garbage rules › changing the map of families changes nothing in the store",
    mutate: withRows((rows) => {
      let told: ReturnType<RowStore["families"]> | undefined;
      return { families: (options) => (told ??= rows.families(options)) };
    }),
  },
];

import type { CallOptions, CellMutation, Key } from "@foretile/storage";
import { isDamage } from "../collect/damage.ts";
import { runBounded } from "../collect/run-bounded.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { readCellList, type ListedCell } from "./cell-list.ts";
import { changeRows, tableOf, withFamilies } from "./tables.ts";

const LISTS_AT_ONCE = 4;

/**
 * Deletes cells that lists name, exactly those and nothing else in their rows, then the lists. A list that cannot be
 * read stays: it is all that is known of its cells.
 */
export async function deleteCellLists(
  context: LibraryContext,
  keys: readonly Key[],
  options: CallOptions = {},
): Promise<void> {
  await runBounded(keys, LISTS_AT_ONCE, async (key) => {
    const cells = await readUnlessDamaged(context, key, options);
    if (cells === "damaged") return;
    if (cells !== undefined) await deleteCells(context, cells, options);
    await context.blobs.deleteMany([key], options);
  });
}

async function readUnlessDamaged(
  context: LibraryContext,
  key: Key,
  options: CallOptions,
): Promise<readonly ListedCell[] | "damaged" | undefined> {
  try {
    return await readCellList(context, key, options);
  } catch (error) {
    if (isDamage(error)) return "damaged";
    throw error;
  }
}

async function deleteCells(
  context: LibraryContext,
  cells: readonly ListedCell[],
  options: CallOptions,
): Promise<void> {
  for (const [name, some] of Map.groupBy(cells, ({ location }) => location.table)) {
    const table = tableOf(context, name);
    const rows = [...Map.groupBy(some, ({ location }) => location.row)].map(([key, inRow]) => ({
      key,
      mutations: inRow.map(({ location }): CellMutation => {
        const { family, qualifier, timestampMicros } = location;
        // A timestamp is whole milliseconds: nobody else's cell is in this range.
        const timestampsMicros = { gte: timestampMicros, lt: timestampMicros + 1000 };
        return { type: "delete-column", family, qualifier, timestampsMicros };
      }),
    }));
    const families = new Set(some.map(({ location }) => location.family));
    await withFamilies(table, families, () => changeRows(table, rows, options));
  }
}

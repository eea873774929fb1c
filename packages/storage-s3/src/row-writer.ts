import type { Clock } from "@foretile/resilience";
import {
  StorageError,
  type Cell,
  type CellMutation,
  type Key,
  type RowPredicate,
} from "@foretile/storage";
import { applyMutations, liveCells } from "@foretile/storage/adapter";

import { encodeRow } from "./row-object.ts";
import { createSerialByKey } from "./serial-by-key.ts";
import type { TableContext } from "./table-context.ts";
import type { Families } from "./table-families.ts";

/** A row is read and written as a whole. */
const MAX_ROW_BYTES = 64 * 1024 * 1024;

export interface RowWriter {
  /**
   * Changes one row by what `choose` makes of its live cells, atomically. `choose` runs again when somebody else
   * changed the row meanwhile. A row that stays as it is, is not written.
   *
   * @param families gives the families of the table; is asked once a try, beside reading the row
   * @throws {StorageError} `invalid-argument` for an unknown family, `too-large` for the whole row
   */
  change(
    key: Key,
    families: () => Promise<Families>,
    choose: (live: readonly Cell[]) => readonly CellMutation[],
    signal: AbortSignal | undefined,
  ): Promise<void>;
}

export function createRowWriter(table: TableContext, clock: Clock): RowWriter {
  // Calls of this process would only lose to each other.
  const serial = createSerialByKey();

  return {
    change: (key, families, choose, signal) =>
      serial.run(key, () =>
        table.untilDone(key, signal, async () => {
          const [known, { state, cells }] = await Promise.all([
            families(),
            table.read(key, signal),
          ]);
          const live = liveCells(cells, known, clock.nowMs());
          const mutations = choose(live);
          if (mutations.length === 0) return true;
          const after = applyMutations(live, mutations, known);
          if (after.length === 0) {
            return state?.value === undefined || table.swap(key, state, undefined, signal);
          }
          const value = encodeRow(after);
          if (value.byteLength > MAX_ROW_BYTES) {
            throw new StorageError(
              "too-large",
              `row is too large key=${key} length=${value.byteLength} limit=${MAX_ROW_BYTES}`,
            );
          }
          if (state?.value !== undefined && Buffer.compare(state.value, value) === 0) return true;
          return table.swap(key, state, value, signal);
        }),
      ),
  };
}

/** Whether the newest of the column's live cells is there and has the value. */
export function holds(live: readonly Cell[], { family, qualifier, value }: RowPredicate): boolean {
  const newest = live.find((cell) => cell.family === family && cell.qualifier === qualifier);
  return newest !== undefined && (value === undefined || Buffer.compare(newest.value, value) === 0);
}

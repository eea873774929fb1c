import type { RunRecord } from "../run/run-record.ts";
import { RunWriter, type WrittenRun } from "../run/run-writer.ts";
import type { StoreContext } from "../store-context.ts";
import type { ChangeOptions, TileChange } from "../trace-entry.ts";
import type { SegmentEntry, Transaction } from "@foretile/version-store";
import { POINT } from "../trace-values.ts";
import { changeTile } from "./change-tile.ts";
import { fitToTable } from "./fit-to-table.ts";
import { mergeAfter } from "./merge-after.ts";
import { putTable } from "./put-table.ts";
import type { RunDraft } from "./run-draft.ts";

/**
 * Adds a run to a tile: what it consists of is stored once, and named by the next version of the tile, whoever else
 * commits meanwhile.
 */
export async function appendRun(
  context: StoreContext,
  tile: number,
  draft: RunDraft,
  options: ChangeOptions,
): Promise<TileChange> {
  const { runs, ...change } = await changeTile(
    context,
    tile,
    options,
    async ({ transaction, runs: before, commit }) => {
      const fitted = await fitToTable(context, before, draft, options);
      const written = await writeDraft(context, transaction, fitted, options);
      let ownTable: SegmentEntry | undefined;
      const tableIn = async (newest: readonly RunRecord[]): Promise<SegmentEntry> => {
        const known = newest.find(({ tableId }) => tableId === written.tableId);
        if (known !== undefined) return known.table;
        ownTable ??= await putTable(context, transaction, fitted.table, options);
        return ownTable;
      };
      if (!before.some(({ tableId }) => tableId === written.tableId)) await tableIn(before);
      return commit(async (newest) => {
        // The same once more changes nothing.
        if (newest.at(-1)?.id === written.id) return undefined;
        return [...newest, { ...written, table: await tableIn(newest) }];
      }, "append");
    },
  );
  if (!change.changed) return change;
  return { ...change, mergeError: await mergeAfter(context, tile, runs, options) };
}

async function writeDraft(
  { library, config }: StoreContext,
  transaction: Transaction,
  { table, offsets, states, values, options: rowOptions }: RunDraft,
  { signal }: ChangeOptions,
): Promise<WrittenRun> {
  const writer = new RunWriter({
    codec: library.segmentCodec,
    put: (bytes, hash) => transaction.putSegment(bytes, hash, { signal }),
    type: config.valueType,
    rows: table.rows,
    tableId: table.id,
    offsets,
    points: countPoints(states),
  });
  const width = offsets.length;
  for (let first = 0; first < table.rows; first += writer.rowsPerBlock) {
    const rows = Math.min(writer.rowsPerBlock, table.rows - first);
    await writer.write({
      rows,
      states: states.subarray(first * width, (first + rows) * width),
      values: values.slice(first * width, (first + rows) * width),
    });
  }
  return writer.finish(rowOptions);
}

function countPoints(states: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < states.length; at += 1) if (states[at] !== POINT.missing) count += 1;
  return count;
}

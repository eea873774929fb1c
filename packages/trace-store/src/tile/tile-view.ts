import type { CallOptions } from "@foretile/storage";
import type { RunFacts } from "../run/facts-segment.ts";
import type { RunRecord } from "../run/run-record.ts";
import type { StoreContext } from "../store-context.ts";
import { joinTables, type JoinedTables } from "../table/join-tables.ts";
import type { TraceTable } from "../table/trace-table.ts";
import { loadRunParts } from "./load-run-parts.ts";
import { tileError } from "./tile-error.ts";
import type { TileContent } from "./tile-manifest.ts";

/** Where a run has the rows of its tile. */
export interface ViewRun {
  readonly run: RunRecord;
  readonly facts: RunFacts;
  /** The tile's row of each row of the run; `undefined`: the same. */
  readonly tileRows: Uint32Array | undefined;
  /** The run's row of each row of the tile, −1 for none; `undefined`: the same. */
  readonly runRows: Int32Array | undefined;
}

/** Runs of a tile with what they say about their rows, over one table of all their traces. No points yet. */
export interface TileView {
  readonly tile: number;
  readonly version: number | undefined;
  readonly table: TraceTable;
  /** Oldest first. */
  readonly runs: readonly ViewRun[];
}

/**
 * Reads tables and facts of runs; what is known is not read again.
 *
 * @param content all runs of a tile, or consecutive ones
 */
export async function viewTile(
  context: StoreContext,
  { tile, version, runs }: TileContent,
  options: CallOptions,
): Promise<TileView> {
  try {
    const parts = await loadRunParts(context, runs, options);
    const { table, rowMaps } = joined(
      context,
      parts.map((part) => part.table),
    );
    return {
      tile,
      version,
      table,
      runs: runs.map((run, place) => {
        const { facts } = parts[place] as { readonly facts: RunFacts };
        const rowMap = rowMaps[place];
        return { run, facts, tileRows: rowMap?.toJoined, runRows: rowMap?.fromJoined };
      }),
    };
  } catch (error) {
    throw await tileError(context, { tile, version }, error);
  }
}

function joined({ cache }: StoreContext, tables: readonly TraceTable[]): JoinedTables {
  const name = tables.map(({ id }) => id).join(" ");
  const known = cache.get("join", name);
  if (known !== undefined) return known;
  const made = joinTables(tables);
  const maps = made.rowMaps.reduce(
    (sum, map) => sum + (map === undefined ? 0 : map.toJoined.length + map.fromJoined.length),
    0,
  );
  const isNew = !tables.includes(made.table);
  cache.put("join", name, made, 1024 + 4 * maps + (isNew ? made.table.memoryBytes : 0));
  return made;
}

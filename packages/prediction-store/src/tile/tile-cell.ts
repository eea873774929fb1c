import type { TileMode } from "@foretile/codecs";
import { fixedWidth, predictionKey } from "@foretile/keyspace";
import { toKey } from "@foretile/storage";
import type { CellAddress } from "@foretile/version-store";
import type { ForecastRequest } from "../request/forecast-request.ts";
import type { StoredTile } from "../store/prediction-manifest.ts";
import { UPSTREAM_FAMILY, UPSTREAM_QUALIFIER } from "../upstream/upstream-row.ts";

const tableName = /^[a-z0-9_-]{1,32}$/;

/** Panels of a tile are numbered in the qualifier with so many digits: more than any request has. */
const PANEL_DIGITS = 4;

/** Names the cell of a whole tile, or of one of its panels. */
export type CellOf = (panel?: number) => CellAddress;

/**
 * Where a miner's answer goes in a table, as the network's own rows lie: a table for each label, a row for each answer.
 * Panels have qualifiers of their own in that row, so that one range of qualifiers reads a panel of all miners.
 *
 * @returns `undefined` for a label that cannot be a table's name
 */
export function cellOf(request: ForecastRequest, minerId: number): CellOf | undefined {
  const { label: table, asset, startUnixSeconds } = request;
  if (!tableName.test(table)) return undefined;
  const row = toKey(predictionKey({ asset, startUnixSeconds, minerId }));
  return (panel) => ({
    table,
    row,
    family: UPSTREAM_FAMILY,
    qualifier: panel === undefined ? UPSTREAM_QUALIFIER : `f${fixedWidth(panel, PANEL_DIGITS)}`,
  });
}

/** How a tile is laid out: raw tiles of tables are a single plain segment, as others write and read them. */
export function tileLayout(
  request: ForecastRequest,
  mode: TileMode,
  usesCells: boolean,
): StoredTile["layout"] {
  return usesCells && mode === "raw" && tableName.test(request.label) ? "plain" : "frames";
}

import { goldOpsRow, parseGoldRow } from "@foretile/keyspace/gold";
import type { KeyRange } from "@foretile/storage";
import { TraceStoreError } from "../trace-store-error.ts";
import { unlessMalformed, type GoldContext } from "./gold-context.ts";
import { DICTIONARY_FAMILY, TAG_COLUMN } from "./gold-families.ts";

/** Few: a search for what is newest seldom wants more. */
const TILES_AT_ONCE = 64;

/**
 * The tiles that have a dictionary, newest first, from `newest` to `oldest`. A tile without one has no trace that could
 * be named.
 *
 * @throws {TraceStoreError} `tile-damaged` for a row among the dictionaries' that is none
 */
export async function* listTiles(
  { rows }: GoldContext,
  newest: number,
  oldest: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<number, void, undefined> {
  // A space comes before every character of a key: the range ends just behind the oldest one's row.
  const range: KeyRange = { gte: goldOpsRow(newest), lt: `${goldOpsRow(oldest)} ` };
  const qualifiers = { gte: TAG_COLUMN, lt: `${TAG_COLUMN} ` };
  const filter = { families: [DICTIONARY_FAMILY], qualifiers, cellsPerColumn: 1 };
  const options = { filter, batchSize: TILES_AT_ONCE, signal };
  for await (const batch of rows.readRows({ ranges: [range] }, options)) {
    for (const { key } of batch) {
      const row = unlessMalformed(() => parseGoldRow(key));
      if (row?.type !== "o") {
        throw new TraceStoreError("tile-damaged", `not the row of a dictionary row=${key}`);
      }
      yield row.tile;
    }
  }
}

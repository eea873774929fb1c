import { goldOpsRow } from "@foretile/keyspace/gold";
import { toKey, type CallOptions, type Key } from "@foretile/storage";
import { checkGoldTile, type GoldContext } from "./gold-context.ts";
import { DIGEST_FAMILY, OPTIONS_FAMILY } from "./gold-families.ts";
import { scanTile } from "./scan-tile.ts";
import { sendRows } from "./send-rows.ts";

export interface DeleteGoldTileOptions extends CallOptions {
  /**
   * Whether the dictionary goes too. Only for a table that nobody else writes: a writer that has it in memory would go
   * on naming traces by numbers that mean nothing, or something else, from then on. Default false.
   */
  readonly dictionary?: boolean | undefined;
}

/** Deletes the rows of all traces of a tile. Repeated, it goes on where it was cut off. @returns how many there were */
export async function deleteGoldTile(
  context: GoldContext,
  tile: number,
  { dictionary = false, signal }: DeleteGoldTileOptions,
): Promise<number> {
  checkGoldTile(tile);
  const filter = { families: [DIGEST_FAMILY, OPTIONS_FAMILY] };
  const keys: Key[] = [];
  await scanTile(context, tile, { types: ["t", "p"], filter, signal }, (rows) => {
    for (const { key } of rows) keys.push(key);
  });
  await deleteRows(context, keys, signal);
  if (dictionary) {
    await deleteRows(context, [toKey(goldOpsRow(tile))], signal);
    context.dictionaries.forget(tile);
  }
  return keys.length;
}

async function deleteRows(
  context: GoldContext,
  keys: readonly Key[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const rows = keys.map((key) => ({ key, mutations: [{ type: "delete-row" }] as const }));
  const failed = await sendRows(context, rows, signal);
  for (const error of failed.values()) throw error;
}

import { GOLD_TILE_SIZE } from "@foretile/keyspace/gold";
import { sliceBlock } from "./block-parts.ts";
import type { GoldBlock } from "./gold-block.ts";
import { checkGoldRange, goldPlace, type GoldContext } from "./gold-context.ts";
import { listTiles } from "./list-tiles.ts";
import { readBlock, type ReadGoldOptions } from "./read-block.ts";
import { ALL_SHARDS } from "./scan-tile.ts";

/** So many shards are one block: an eighth of a tile. */
const SHARDS_AT_ONCE = 4;

/**
 * Positions of a range as a stream of blocks: tile after tile, oldest first, and each tile in several blocks, which
 * together have all its traces once.
 */
export async function* readGoldBlocks(
  context: GoldContext,
  from: number,
  to: number,
  options: ReadGoldOptions,
): AsyncGenerator<GoldBlock, void, undefined> {
  checkGoldRange(from, to);
  if (from === to) return;
  const [oldest, newest] = [goldPlace(from).tile, goldPlace(to - 1).tile];
  const tiles: number[] = [];
  for await (const tile of listTiles(context, newest, oldest, options.signal)) tiles.push(tile);
  for (const tile of tiles.toReversed()) {
    const start = tile * GOLD_TILE_SIZE;
    for (let shard = 0; shard < ALL_SHARDS.length; shard += SHARDS_AT_ONCE) {
      const shards = ALL_SHARDS.slice(shard, shard + SHARDS_AT_ONCE);
      const block = await readBlock(context, tile, options, shards);
      if (block.ids.length === 0 && block.problems.length === 0) continue;
      yield sliceBlock(block, Math.max(from, start), Math.min(to, start + GOLD_TILE_SIZE));
    }
  }
}

import { GOLD_SHARDS, goldRowPrefix, type GoldTraceRowType } from "@foretile/keyspace/gold";
import { prefixRange, type KeyRange, type Row, type RowFilter } from "@foretile/storage";
import type { GoldContext } from "./gold-context.ts";

const ROWS_AT_ONCE = 500;

export interface ScanOptions {
  readonly types: readonly GoldTraceRowType[];
  /** Default: all shards. */
  readonly shards?: readonly number[] | undefined;
  readonly filter: RowFilter;
  readonly signal?: AbortSignal | undefined;
}

/** Every shard, in order. */
export const ALL_SHARDS: readonly number[] = Array.from(
  { length: GOLD_SHARDS },
  (_, shard) => shard,
);

/**
 * Rows of a tile, by no more requests than the table's fan-out, each for several shards. The first request that fails
 * ends the others.
 *
 * @param visit gets rows as they come, in no particular order; what it throws ends the scan
 */
export async function scanTile(
  context: GoldContext,
  tile: number,
  { types, shards = ALL_SHARDS, filter, signal }: ScanOptions,
  visit: (rows: readonly Row[]) => void | Promise<void>,
): Promise<void> {
  const ending = new AbortController();
  const ends = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);

  async function scan(group: readonly number[]): Promise<void> {
    const ranges = group.flatMap((shard) =>
      types.map((type): KeyRange => prefixRange(goldRowPrefix(type, tile, shard))),
    );
    const options = { filter, batchSize: ROWS_AT_ONCE, signal: ends };
    for await (const rows of context.rows.readRows({ ranges }, options)) await visit(rows);
  }

  try {
    await Promise.all(
      groupsOf(shards, context.fanOut).map((group) =>
        context.requests.run(() => scan(group), { signal: ends }),
      ),
    );
  } catch (error) {
    ending.abort(error);
    throw error;
  }
}

/** At most `count` groups of neighbours, of nearly the same size. */
function groupsOf<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
  const size = Math.ceil(items.length / Math.min(count, items.length));
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

import { GOLD_TILE_SIZE } from "@foretile/keyspace/gold";
import type { CallOptions, RowFilter } from "@foretile/storage";
import { TraceStoreError } from "../trace-store-error.ts";
import { DIGEST_BYTES, POINT } from "../trace-values.ts";
import { POINT_BYTES } from "./block-parts.ts";
import type { GoldBlock, GoldProblem } from "./gold-block.ts";
import { checkGoldTile, type GoldContext } from "./gold-context.ts";
import { DIGEST_FAMILY, OPTIONS_FAMILY } from "./gold-families.ts";
import { scanTile } from "./scan-tile.ts";
import { TileRowReader, tileTraces, undecodable, type TileTrace } from "./tile-rows.ts";

export interface ReadGoldOptions extends CallOptions {
  /** Most bytes of values and states; a call that would need more fails. Default 1 GiB. */
  readonly maxBytes?: number | undefined;
}

const MAX_BYTES = 1024 * 1024 * 1024;

const filter: RowFilter = { families: [DIGEST_FAMILY, OPTIONS_FAMILY], cellsPerColumn: 1 };

/**
 * One tile as one block; no ids when it has no rows.
 *
 * @param shards default: all
 */
export async function readBlock(
  context: GoldContext,
  tile: number,
  { maxBytes = MAX_BYTES, signal }: ReadGoldOptions,
  shards?: readonly number[],
): Promise<GoldBlock> {
  checkGoldTile(tile);
  const rows = new TileRowReader();
  const known = context.dictionaries.recent(tile, signal);
  // Told below; here it only must not be unhandled while the rows are read.
  known.catch(() => undefined);
  await scanTile(context, tile, { types: ["t", "p"], shards, filter, signal }, (batch) => {
    for (const row of batch) rows.read(row);
    checkBytes(rows.points.size * GOLD_TILE_SIZE, maxBytes);
  });
  let ops = await known;
  // Dictionaries grow before rows are written, so the newest one has all that belong to it.
  if (undecodable(rows, ops).length > 0) ops = await context.dictionaries.newest(tile, signal);
  const { traces, problems } = tileTraces(rows, ops);
  return blockOf(tile, traces, [...rows.problems, ...problems]);
}

/** @throws {TraceStoreError} `too-large` */
export function checkBytes(points: number, maxBytes: number = MAX_BYTES): void {
  if (points * POINT_BYTES <= maxBytes) return;
  throw new TraceStoreError(
    "too-large",
    `more points than may be held in memory, read fewer at a time points=${points} maxBytes=${maxBytes}`,
  );
}

function blockOf(
  tile: number,
  traces: readonly TileTrace[],
  problems: readonly GoldProblem[],
): GoldBlock {
  const states = new Uint8Array(traces.length * GOLD_TILE_SIZE);
  const values = new Uint8Array(states.length * DIGEST_BYTES);
  for (const [row, { points }] of traces.entries()) {
    for (const [index, offset] of points.offsets.entries()) {
      const at = row * GOLD_TILE_SIZE + offset;
      states[at] = points.states[index] ?? POINT.missing;
      values.set(
        points.digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES),
        at * DIGEST_BYTES,
      );
    }
  }
  return {
    tile,
    from: tile * GOLD_TILE_SIZE,
    to: (tile + 1) * GOLD_TILE_SIZE,
    ids: traces.map(({ id }) => id),
    params: traces.map(({ params }) => params),
    states,
    values,
    options: traces.map(({ options }) => options),
    problems,
  };
}

import type { TraceParams } from "@foretile/keyspace";
import { GOLD_TILE_SIZE, goldTraceRow } from "@foretile/keyspace/gold";
import { MAX_KEY_BYTES, toKey, type CallOptions } from "@foretile/storage";
import { DIGEST_BYTES, POINT, type PointState } from "../trace-values.ts";
import { checkGoldRange, goldPlace, type GoldContext } from "./gold-context.ts";
import { DIGEST_FAMILY } from "./gold-families.ts";
import { listTiles } from "./list-tiles.ts";
import type { GoldProblem } from "./gold-block.ts";
import { TileRowReader } from "./tile-rows.ts";

/** What one trace has in a range. Belongs to the caller. */
export interface GoldSeries {
  /** Where it has a digest, valid or not, ascending. */
  readonly positions: readonly number[];
  /** Of each position: `POINT.value` or `POINT.invalid`. */
  readonly states: readonly PointState[];
  /** Of each position; meaningful for a value. */
  readonly values: readonly Uint8Array[];
  readonly problems: readonly GoldProblem[];
}

/** One trace in a range, by one row of each tile. */
export async function readGoldTrace(
  context: GoldContext,
  params: TraceParams,
  from: number,
  to: number,
  { signal }: CallOptions,
): Promise<GoldSeries> {
  checkGoldRange(from, to);
  const parts: GoldSeries[] = [];
  if (from < to) {
    const [oldest, newest] = [goldPlace(from).tile, goldPlace(to - 1).tile];
    for await (const tile of listTiles(context, newest, oldest, signal)) {
      parts.unshift(await readTileOf(context, params, tile, signal));
    }
  }
  return within(parts, from, to);
}

async function readTileOf(
  context: GoldContext,
  params: TraceParams,
  tile: number,
  signal: AbortSignal | undefined,
): Promise<GoldSeries> {
  const rows = new TileRowReader();
  const subkey = await subkeyOf(context, params, tile, signal);
  const name = subkey === undefined ? "" : goldTraceRow("t", tile, subkey);
  if (name !== "" && name.length <= MAX_KEY_BYTES) {
    const filter = { families: [DIGEST_FAMILY], cellsPerColumn: 1 };
    const found = context.rows.readRows({ keys: [toKey(name)] }, { filter, signal });
    for await (const batch of found) for (const row of batch) rows.read(row);
  }
  const positions: number[] = [];
  const states: PointState[] = [];
  const values: Uint8Array[] = [];
  for (const points of rows.points.values()) {
    for (const [index, offset] of points.offsets.entries()) {
      if (points.states[index] === POINT.missing) continue;
      positions.push(tile * GOLD_TILE_SIZE + offset);
      states.push(points.states[index] === POINT.value ? POINT.value : POINT.invalid);
      values.push(points.digests.slice(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES));
    }
  }
  return { positions, states, values, problems: rows.problems };
}

/** A state in memory may lack what others added since, so only the newest one says that a trace is not there. */
async function subkeyOf(
  { dictionaries }: GoldContext,
  params: TraceParams,
  tile: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const recent = await dictionaries.recent(tile, signal);
  const ops = recent.has(params) ? recent : await dictionaries.newest(tile, signal);
  return ops.has(params) ? ops.encode(params) : undefined;
}

function within(parts: readonly GoldSeries[], from: number, to: number): GoldSeries {
  const positions = parts.flatMap((part) => part.positions);
  const isWithin = (_: unknown, at: number): boolean => {
    const position = positions[at] ?? -1;
    return position >= from && position < to;
  };
  return {
    positions: positions.filter(isWithin),
    states: parts.flatMap(({ states }) => states).filter(isWithin),
    values: parts.flatMap(({ values }) => values).filter(isWithin),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

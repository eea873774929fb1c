import { encodeTraceId, tileSpans, type TraceParams } from "@foretile/keyspace";
import { GOLD_TILE_SIZE } from "@foretile/keyspace/gold";
import { MAX_APPEND_BYTES, MAX_ID_BYTES } from "../limits.ts";
import { createTraceList } from "../table/trace-list.ts";
import type { ChangeOptions, TraceEntry } from "../trace-entry.ts";
import { isTraceStoreError } from "../trace-store-error.ts";
import type { TraceStore } from "../trace-store.ts";
import { DIGEST_BYTES, POINT } from "../trace-values.ts";
import type { GoldBlock, GoldProblem } from "./gold-block.ts";
import { checkGoldRange, MAX_GOLD_POSITION } from "./gold-context.ts";
import type { GoldTable } from "./gold-table.ts";
import { pickRows } from "./pick-rows.ts";
import { POINT_BYTES, sliceBlock } from "./block-parts.ts";

/**
 * Something that was not copied: what reading the table told, or
 *
 * - `id-too-long`: the trace has an id of more bytes than a trace store takes
 * - `no-point`: the trace has neither a value nor an invalid one in the tile; a trace store has no such traces
 * - `options-refused`: a trace store does not take the options, or they belong to a trace without a point
 */
export interface CopyProblem {
  /** The tile of the table. */
  readonly tile: number;
  /** A row's name, or a trace's id. */
  readonly what: string;
  readonly reason: GoldProblem["reason"] | "id-too-long" | "no-point" | "options-refused";
  readonly message: string;
}

export interface CopyGoldOptions extends ChangeOptions {
  /** First position. Default 0. */
  readonly from?: number | undefined;
  /** Position after the last. Default: behind the last one there is. */
  readonly to?: number | undefined;
  /** Bytes of values and states that one append has at most, unless one trace has more. Default and most 64 MiB. */
  readonly appendBytes?: number | undefined;
  /** Told of each thing that was not copied. */
  readonly onProblem?: ((problem: CopyProblem) => void) | undefined;
  /** Told when a tile of the table has been copied whole. */
  readonly onTile?: ((tile: number) => void) | undefined;
}

/** What was copied. */
export interface CopiedGoldTable {
  /** Tiles of the table, also those without any point. */
  readonly tiles: number;
  /** Points with a value, and invalid ones. */
  readonly points: number;
  /** Options of a trace in a tile. */
  readonly options: number;
  readonly problems: number;
}

/** What reading a tile at once may take; a greater one is read in eighths, of which each may take more. */
const TILE_BYTES = 64 * 1024 * 1024;

/**
 * Copies what a table has into a trace store, the oldest tile first: values, invalid points and options. Repeated, it
 * changes nothing that can be read; what was cut off goes on when it is repeated.
 *
 * Params are taken over as they are, so traces have the same params in all tiles of the copy, and one id. Tiles of the
 * store may have another size. What the store has beside it stays.
 *
 * @throws {TraceStoreError} as reading the table and appending do; of options `invalid-position`, `invalid-argument`
 */
export async function copyGoldTable(
  gold: GoldTable,
  store: TraceStore<"digest">,
  options: CopyGoldOptions = {},
): Promise<CopiedGoldTable> {
  const { from = 0, to = MAX_GOLD_POSITION + 1, onProblem, onTile, signal } = options;
  const appendBytes = Math.min(options.appendBytes ?? MAX_APPEND_BYTES, MAX_APPEND_BYTES);
  checkGoldRange(from, to);
  const copied = { tiles: 0, points: 0, options: 0, problems: 0 };
  const tell = (problem: CopyProblem): void => {
    copied.problems += 1;
    onProblem?.(problem);
  };

  const tiles: number[] = [];
  for await (const tile of gold.tiles({ signal })) tiles.push(tile);
  for (const tile of tiles.toReversed()) {
    const start = Math.max(from, tile * GOLD_TILE_SIZE);
    const end = Math.min(to, (tile + 1) * GOLD_TILE_SIZE);
    if (start >= end) continue;
    for await (const block of blocksOf(gold, start, end, signal)) {
      for (const part of appendable(block, appendBytes, tell)) {
        copied.points += await copyPoints(part, store, options);
        copied.options += await copyOptions(part, store, options, tell);
      }
    }
    copied.tiles += 1;
    onTile?.(tile);
  }
  return copied;
}

/** One tile, or the wanted positions of it, at once where that does not take much room. */
async function* blocksOf(
  gold: GoldTable,
  from: number,
  to: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<GoldBlock, void, undefined> {
  let block: GoldBlock;
  try {
    block = await gold.readTile(Math.floor(from / GOLD_TILE_SIZE), {
      maxBytes: TILE_BYTES,
      signal,
    });
  } catch (error) {
    if (!isTraceStoreError(error, "too-large")) throw error;
    yield* gold.readRange(from, to, { signal });
    return;
  }
  yield sliceBlock(block, from, to);
}

/** The traces that a store takes, in parts of which each fits into one append. */
function* appendable(
  block: GoldBlock,
  appendBytes: number,
  tell: (problem: CopyProblem) => void,
): Generator<GoldBlock, void, undefined> {
  const { tile } = block;
  for (const { row, reason, message } of block.problems) {
    tell({ tile, what: row, reason, message });
  }
  const width = block.to - block.from;
  const rows = block.ids.flatMap((id, row) => {
    if (id.length > MAX_ID_BYTES) {
      const message = `length=${id.length} limit=${MAX_ID_BYTES}`;
      tell({ tile, what: id.slice(0, 80), reason: "id-too-long", message });
      return [];
    }
    if (lastPoint(block, row) !== undefined) return [row];
    tell({ tile, what: id, reason: "no-point", message: `from=${block.from} to=${block.to}` });
    return [];
  });
  const size = Math.max(1, Math.floor(appendBytes / (width * POINT_BYTES)));
  for (let start = 0; start < rows.length; start += size) {
    yield pickRows(block, rows.slice(start, start + size));
  }
}

/** @returns how many points */
async function copyPoints(
  block: GoldBlock,
  store: TraceStore<"digest">,
  options: ChangeOptions,
): Promise<number> {
  const traces = createTraceList(block.params);
  let points = 0;
  for (const span of tileSpans(block.from, block.to, store.config.tileSize)) {
    const from = span.tile * store.config.tileSize + span.from;
    const part = sliceBlock(block, from, from + span.to - span.from);
    const { states, values } = part;
    const positions = part.to - part.from;
    const { stored } = await store.appendColumns(
      { traces, from, positions, values, states },
      changeOptions(options),
    );
    points += stored;
  }
  return points;
}

/**
 * Options go with a point: here with the last one of the trace, which is appended once more.
 *
 * @returns the options of how many traces
 */
async function copyOptions(
  block: GoldBlock,
  store: TraceStore<"digest">,
  options: ChangeOptions,
  tell: (problem: CopyProblem) => void,
): Promise<number> {
  const byPosition = new Map<number, TraceEntry<"digest">[]>();
  for (const [row, ofTrace] of block.options.entries()) {
    const point = lastPoint(block, row);
    if (ofTrace === undefined || point === undefined) continue;
    const entry = entryOf(block, row, point, ofTrace);
    const entries = byPosition.get(point);
    if (entries === undefined) byPosition.set(point, [entry]);
    else entries.push(entry);
  }
  let copied = 0;
  for (const [position, entries] of byPosition) {
    const { stored, results } = await store.append(position, entries, changeOptions(options));
    copied += stored;
    for (const [index, result] of results.entries()) {
      if (result.status !== "rejected") continue;
      const what = encodeTraceId(entries[index]?.params ?? {});
      tell({ tile: block.tile, what, reason: "options-refused", message: result.message });
    }
  }
  return copied;
}

function entryOf(
  block: GoldBlock,
  row: number,
  position: number,
  options: TraceParams,
): TraceEntry<"digest"> {
  const at = row * (block.to - block.from) + position - block.from;
  const params = block.params[row] ?? {};
  if (block.states[at] === POINT.invalid) return { params, options, invalid: true };
  return {
    params,
    options,
    value: block.values.subarray(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES),
  };
}

/** The last position at which a trace of a block has a value or an invalid point. */
function lastPoint({ states, from, to }: GoldBlock, row: number): number | undefined {
  const width = to - from;
  for (let offset = width - 1; offset >= 0; offset -= 1) {
    if (states[row * width + offset] !== POINT.missing) return from + offset;
  }
  return undefined;
}

function changeOptions({ user, message, signal }: ChangeOptions): ChangeOptions {
  return { user, message, signal };
}

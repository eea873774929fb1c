import { createLimiter, createRetryPolicy, type Clock, type Random } from "@foretile/resilience";
import { systemClock, systemRandom } from "@foretile/resilience/system";
import type { CallOptions, FamilyName, RowStore } from "@foretile/storage";
import { TraceStoreError } from "../trace-store-error.ts";
import { deleteGoldTile } from "./delete-tile.ts";
import { createDictionaries } from "./dictionaries.ts";
import { MAX_GOLD_TILE, type GoldContext } from "./gold-context.ts";
import { DICTIONARY_FAMILY, DIGEST_FAMILY, OPTIONS_FAMILY } from "./gold-families.ts";
import type { GoldTable } from "./gold-table.ts";
import { listTiles } from "./list-tiles.ts";
import { putEntries } from "./put-entries.ts";
import { readBlock } from "./read-block.ts";
import { readGoldBlocks } from "./read-blocks.ts";
import { readGoldDense, readGoldMatrix } from "./read-matrix.ts";
import { readGoldTrace } from "./read-trace.ts";
import { sameDigests } from "./same-digests.ts";

export interface GoldTableOptions extends CallOptions {
  /** The table. */
  readonly rows: RowStore;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Spreads waits. Default: the machine's randomness. */
  readonly random?: Random | undefined;
  /** Requests that one tile is read with, 1 to 32, and that all calls make at once. Default 8. */
  readonly fanOut?: number | undefined;
  /** Tries of a change of a dictionary, and of rows that failed, ≥ 1. Default 12. */
  readonly maxAttempts?: number | undefined;
  /** Dictionaries are kept in memory up to so many bytes. Default 64 MiB. */
  readonly cacheBytes?: number | undefined;
}

const FAMILIES: readonly FamilyName[] = [DICTIONARY_FAMILY, DIGEST_FAMILY, OPTIONS_FAMILY];
const MAX_FAN_OUT = 32;
const FAN_OUT = 8;
const ATTEMPTS = 12;
const CACHE_BYTES = 64 * 1024 * 1024;
const FIRST_WAIT_MS = 10;
const LONGEST_WAIT_MS = 2_000;

/**
 * Makes the families that a table lacks, each with one version of a cell. Those that are there stay as they are.
 *
 * @throws {StorageError} as `setFamily`
 */
export async function provisionGoldTable(rows: RowStore, options: CallOptions = {}): Promise<void> {
  const there = await rows.families(options);
  for (const family of FAMILIES) {
    if (!there.has(family)) await rows.setFamily(family, { maxVersions: 1 }, options);
  }
}

/**
 * Opens a table in Gold's layout. Nothing is held that would have to be closed.
 *
 * @throws {TraceStoreError} `not-a-gold-table` when it lacks a family; `invalid-argument`
 */
export async function openGoldTable(options: GoldTableOptions): Promise<GoldTable> {
  const { rows, signal } = options;
  const context = contextOf(options);
  const there = await rows.families({ signal });
  const missing = FAMILIES.filter((family) => !there.has(family));
  if (missing.length > 0) {
    throw new TraceStoreError(
      "not-a-gold-table",
      `table lacks families, provision it missing=${missing.join(",")}`,
    );
  }
  return {
    rows,
    put: (position, entries, put) => putEntries(context, position, entries, put),
    tiles: (reading = {}) => listTiles(context, MAX_GOLD_TILE, 0, reading.signal),
    readTile: (tile, reading = {}) => readBlock(context, tile, reading),
    readRange: (from, to, reading = {}) => readGoldBlocks(context, from, to, reading),
    readMatrix: (from, to, reading = {}) => readGoldMatrix(context, from, to, reading),
    readDense: (count, reading = {}) => readGoldDense(context, count, reading),
    readTrace: (params, from, to, reading = {}) =>
      readGoldTrace(context, params, from, to, reading),
    same: (position, reading = {}) => sameDigests(context, position, reading),
    deleteTile: (tile, deleting = {}) => deleteGoldTile(context, tile, deleting),
  };
}

function contextOf({
  rows,
  clock = systemClock,
  random = systemRandom,
  fanOut = FAN_OUT,
  maxAttempts = ATTEMPTS,
  cacheBytes = CACHE_BYTES,
}: GoldTableOptions): GoldContext {
  checkWhole("fanOut", fanOut, 1, MAX_FAN_OUT);
  checkWhole("maxAttempts", maxAttempts, 1, Number.MAX_SAFE_INTEGER);
  checkWhole("cacheBytes", cacheBytes, 0, Number.MAX_SAFE_INTEGER);
  const retries = createRetryPolicy({
    clock,
    random,
    maxAttempts,
    initialDelayMs: FIRST_WAIT_MS,
    maxDelayMs: LONGEST_WAIT_MS,
  });
  return {
    rows,
    fanOut,
    requests: createLimiter({ capacity: fanOut }),
    retries,
    dictionaries: createDictionaries(rows, clock, retries, cacheBytes),
  };
}

function checkWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new TraceStoreError(
      "invalid-argument",
      `option must be whole and in its range ${name}=${value} min=${min} max=${max}`,
    );
  }
}

import { GOLD_TILE_SIZE } from "@foretile/keyspace/gold";
import { isKeyspaceError, tilePlace, type TilePlace } from "@foretile/keyspace";
import type { Limiter, RetryPolicy } from "@foretile/resilience";
import type { RowStore } from "@foretile/storage";
import { TraceStoreError } from "../trace-store-error.ts";
import type { Dictionaries } from "./dictionaries.ts";

/** Gold counts positions in 32 bits. */
export const MAX_GOLD_POSITION: number = 2 ** 31 - 1;
export const MAX_GOLD_TILE: number = Math.floor(MAX_GOLD_POSITION / GOLD_TILE_SIZE);

/** What the calls of one opened table share. */
export interface GoldContext {
  readonly rows: RowStore;
  /** Requests of a tile that are made at once. */
  readonly fanOut: number;
  /** Requests of all calls together. */
  readonly requests: Limiter;
  /** Repeats what may be repeated. */
  readonly retries: RetryPolicy;
  readonly dictionaries: Dictionaries;
}

/**
 * Where a position is.
 *
 * @throws {TraceStoreError} `invalid-position` for one that is negative, not whole or beyond what Gold can count
 */
export function goldPlace(position: number): TilePlace {
  if (!Number.isInteger(position) || position < 0 || position > MAX_GOLD_POSITION) {
    throw new TraceStoreError(
      "invalid-position",
      `position must be whole and from 0 to ${MAX_GOLD_POSITION} position=${position}`,
    );
  }
  return tilePlace(position, GOLD_TILE_SIZE);
}

/** @throws {TraceStoreError} `invalid-position` */
export function checkGoldTile(tile: number): void {
  if (!Number.isInteger(tile) || tile < 0 || tile > MAX_GOLD_TILE) {
    throw new TraceStoreError(
      "invalid-position",
      `tile must be whole and from 0 to ${MAX_GOLD_TILE} tile=${tile}`,
    );
  }
}

/** Positions `from` ≤ position < `to`. @throws {TraceStoreError} `invalid-position`, `invalid-argument` */
export function checkGoldRange(from: number, to: number): void {
  goldPlace(from);
  if (!Number.isInteger(to) || to < from || to > MAX_GOLD_POSITION + 1) {
    throw new TraceStoreError(
      "invalid-argument",
      `range must not be reversed or go beyond the last position from=${from} to=${to}`,
    );
  }
}

/** What `read` gives, or `undefined` when a text or params are not of the form they should have. */
export function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isKeyspaceError(error)) return undefined;
    throw error;
  }
}

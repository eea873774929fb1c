import { KeyspaceError } from "../keyspace-error.ts";

/** The greatest tile of series: keys of tiles are numbers of 31 bits. */
export const MAX_TILE = 2_147_483_647;

/** Where a position of a series is: tiles are `tileSize` consecutive positions, tile 0 begins at position 0. */
export interface TilePlace {
  /** 0 to {@link MAX_TILE}. */
  readonly tile: number;
  /** 0 to `tileSize` - 1; 0 is the oldest position of the tile. */
  readonly offset: number;
}

/** Consecutive positions of one tile: offsets `from` ≤ offset < `to`, at least one. */
export interface TileSpan {
  readonly tile: number;
  readonly from: number;
  readonly to: number;
}

/** The spans of a range of positions, made one by one: there may be any number. */
export interface TileSpans extends Iterable<TileSpan> {
  /** How many there are. */
  readonly tiles: number;
}

/**
 * The tile of a position, and the offset in it.
 *
 * @param tileSize positions of a tile, ≥ 1
 * @throws {KeyspaceError} `invalid-argument` for a position that is negative, not whole, or beyond the last tile
 */
export function tilePlace(position: number, tileSize: number): TilePlace {
  checkWhole("position", position, 0, Number.MAX_SAFE_INTEGER);
  checkWhole("tileSize", tileSize, 1, Number.MAX_SAFE_INTEGER);
  const offset = position % tileSize;
  const tile = (position - offset) / tileSize;
  if (tile > MAX_TILE) {
    throw new KeyspaceError(
      "invalid-argument",
      `position lies beyond the last tile position=${position} tileSize=${tileSize} lastTile=${MAX_TILE}`,
    );
  }
  return { tile, offset };
}

/**
 * The first position of a tile.
 *
 * @throws {KeyspaceError} `invalid-argument` for a tile outside 0 to {@link MAX_TILE}, or a start that no number holds
 *   exactly
 */
export function tileStart(tile: number, tileSize: number): number {
  checkWhole("tile", tile, 0, MAX_TILE);
  checkWhole("tileSize", tileSize, 1, Number.MAX_SAFE_INTEGER);
  const start = tile * tileSize;
  checkWhole("position", start, 0, Number.MAX_SAFE_INTEGER);
  return start;
}

/**
 * The spans of tiles that make up the positions `from` ≤ position < `to`, oldest first; none when `from` ≥ `to`.
 *
 * @throws {KeyspaceError} `invalid-argument`, at once, for an end that {@link tilePlace} refuses; `to` may be one more
 *   than the last position
 */
export function tileSpans(from: number, to: number, tileSize: number): TileSpans {
  const first = tilePlace(from, tileSize);
  checkWhole("position", to, 0, Number.MAX_SAFE_INTEGER);
  if (from >= to) return { tiles: 0, [Symbol.iterator]: () => [].values() };
  const last = tilePlace(to - 1, tileSize);
  return {
    tiles: last.tile - first.tile + 1,
    *[Symbol.iterator]() {
      for (let { tile } = first; tile <= last.tile; tile += 1) {
        yield {
          tile,
          from: tile === first.tile ? first.offset : 0,
          to: tile === last.tile ? last.offset + 1 : tileSize,
        };
      }
    },
  };
}

/**
 * The number that stands for a tile in keys, {@link MAX_TILE} - `tile`: a scan in key order meets the newest tile first.
 *
 * @throws {KeyspaceError} `invalid-argument` for a tile outside 0 to {@link MAX_TILE}
 */
export function tileKey(tile: number): number {
  checkWhole("tile", tile, 0, MAX_TILE);
  return MAX_TILE - tile;
}

/**
 * The tile that {@link tileKey} gave `key` to.
 *
 * @throws {KeyspaceError} `malformed` for a key outside 0 to {@link MAX_TILE}
 */
export function tileOfKey(key: number): number {
  if (!Number.isInteger(key) || key < 0 || key > MAX_TILE) {
    throw new KeyspaceError("malformed", `not the key of a tile key=${key}`);
  }
  return MAX_TILE - key;
}

function checkWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new KeyspaceError(
      "invalid-argument",
      `number must be whole and in its range ${name}=${value} min=${min} max=${max}`,
    );
  }
}

import { fixedWidth } from "../fixed-width.ts";
import { KeyspaceError } from "../keyspace-error.ts";
import { tileKey, tileOfKey } from "../trace/tile-place.ts";
import { crc32 } from "./crc32.ts";

/** Rows of traces are spread over so many prefixes, whatever the table. */
export const GOLD_SHARDS = 32;
/** Positions of a tile, whatever the table. */
export const GOLD_TILE_SIZE = 256;

const OFFSET_DIGITS = 3;
const TILE_DIGITS = 10;
const pattern = /^(?:([0-9]{2}):ts:([tp]):([0-9]{10}):([^:]+)|:ts:o:([0-9]{10}):)$/;
const column = /^[0-9]{3}$/;
const subkeyPattern = /^[\x21-\x39\x3b-\x7e]+$/;

const encoder = new TextEncoder();

/** What a row of a trace holds: `t` digests, `p` options. */
export type GoldTraceRowType = "t" | "p";

/** A row of Gold's table: the dictionary of a tile (`o`), or something of one trace in one tile. */
export type GoldRow =
  | { readonly type: "o"; readonly tile: number }
  | {
      readonly type: GoldTraceRowType;
      readonly tile: number;
      /** 0 to {@link GOLD_SHARDS} - 1. */
      readonly shard: number;
      /** The trace's id in the tile's dictionary. */
      readonly subkey: string;
    };

/** The shard of a subkey: its CRC-32 modulo {@link GOLD_SHARDS}. The empty subkey has shard 0. */
export function goldShard(subkey: string): number {
  return crc32(encoder.encode(subkey)) % GOLD_SHARDS;
}

/**
 * `:ts:o:2147483647:`, the row of the dictionary of tile 0.
 *
 * @throws {KeyspaceError} `invalid-argument` for a tile outside 0 to 2147483647
 */
export function goldOpsRow(tile: number): string {
  return `:ts:o:${tileText(tile)}:`;
}

/**
 * `09:ts:t:2147483647:`, which begins the names of all rows of a type, a tile and a shard.
 *
 * @throws {KeyspaceError} `invalid-argument` for a tile outside 0 to 2147483647, or a shard outside 0 to 31
 */
export function goldRowPrefix(type: GoldTraceRowType, tile: number, shard: number): string {
  if (!Number.isInteger(shard) || shard < 0 || shard >= GOLD_SHARDS) {
    throw new KeyspaceError("invalid-argument", `shard must be 0 to 31 shard=${shard}`);
  }
  return `${fixedWidth(shard, 2)}:ts:${type}:${tileText(tile)}:`;
}

/**
 * `09:ts:t:2147483647:,0=1,1=3,3=0,`, the row of a trace in a tile.
 *
 * @param shard default {@link goldShard} of the subkey, where Gold writes it
 * @throws {KeyspaceError} `invalid-argument` as {@link goldRowPrefix}; also for a subkey that is empty, has a colon, or
 *   characters that no key has
 */
export function goldTraceRow(
  type: GoldTraceRowType,
  tile: number,
  subkey: string,
  shard: number = goldShard(subkey),
): string {
  if (!subkeyPattern.test(subkey)) {
    throw new KeyspaceError(
      "invalid-argument",
      `subkey must be printable ASCII without colons subkey=${JSON.stringify(subkey)}`,
    );
  }
  return goldRowPrefix(type, tile, shard) + subkey;
}

/**
 * What a row name says.
 *
 * @throws {KeyspaceError} `malformed` for a name that Gold does not make
 */
export function parseGoldRow(name: string): GoldRow {
  const [, shard, type, traceTile, subkey, opsTile] = pattern.exec(name) ?? [];
  if (opsTile !== undefined) return { type: "o", tile: tileOfKey(Number(opsTile)) };
  if (subkey === undefined || !subkeyPattern.test(subkey) || Number(shard) >= GOLD_SHARDS) {
    throw malformed("not a row of a trace table", name);
  }
  return {
    type: type === "t" ? "t" : "p",
    tile: tileOfKey(Number(traceTile)),
    shard: Number(shard),
    subkey,
  };
}

/**
 * The column of an offset: `044` for 44.
 *
 * @throws {KeyspaceError} `invalid-argument` for an offset outside 0 to 255
 */
export function goldColumn(offset: number): string {
  if (!Number.isInteger(offset) || offset < 0 || offset >= GOLD_TILE_SIZE) {
    throw new KeyspaceError("invalid-argument", `offset must be 0 to 255 offset=${offset}`);
  }
  return fixedWidth(offset, OFFSET_DIGITS);
}

/**
 * The offset that {@link goldColumn} wrote.
 *
 * @throws {KeyspaceError} `malformed` for any other text: a column of 256 or more is not of this tile size
 */
export function parseGoldColumn(text: string): number {
  if (!column.test(text) || Number(text) >= GOLD_TILE_SIZE) {
    throw malformed("not a column of a tile of 256 positions", text);
  }
  return Number(text);
}

function tileText(tile: number): string {
  return fixedWidth(tileKey(tile), TILE_DIGITS);
}

function malformed(what: string, text: string): KeyspaceError {
  return new KeyspaceError("malformed", `${what} text=${JSON.stringify(text.slice(0, 80))}`);
}

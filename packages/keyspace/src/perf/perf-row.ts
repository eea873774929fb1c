import { crc32 } from "../gold/crc32.ts";
import type { ParamNumbers } from "../gold/ordered-param-set.ts";
import { KeyspaceError } from "../keyspace-error.ts";
import { tileKey, tileOfKey } from "../trace/tile-place.ts";

/** A row of a table of Perf: a tile's dictionary, samples of a trace, an entry of a tile's index, the name of a source. */
export type PerfRow =
  | { readonly type: "dictionary"; readonly tile: number }
  | {
      readonly type: "trace";
      readonly tile: number;
      readonly shard: number;
      readonly subkey: string;
    }
  | {
      readonly type: "index";
      readonly tile: number;
      readonly numbers: ParamNumbers;
      readonly subkey: string;
    }
  /** `md5`: of the source's name, 32 digits 0-9 a-f. */
  | { readonly type: "source"; readonly md5: string };

const TILE_DIGITS = 7;
const number = "(0|[1-9][0-9]{0,9})";
const tileNumber = "([0-9]{7}|[1-9][0-9]{7,9})";
const subkeyText = "([!-9;-~]+)";
const dictionaryPattern = new RegExp(`^@${tileNumber}$`);
const tracePattern = new RegExp(`^${number}:${tileNumber}:${subkeyText}$`);
const indexPattern = new RegExp(`^j${tileNumber}:${number}:${number}:${subkeyText}$`);
const sourcePattern = /^&([0-9a-f]{32})$/;

const encoder = new TextEncoder();

/**
 * The name of a row. Of a trace, `shard` is {@link perfShard} of its subkey where Perf wrote it.
 *
 * @throws {KeyspaceError} `invalid-argument` for a tile outside 0 to 2147483647, a number that is negative or not whole,
 *   a subkey that is empty or has a colon, another md5
 */
export function perfRow(row: PerfRow): string {
  const name = rowName(row);
  if (readRow(name)?.type !== row.type) {
    throw new KeyspaceError(
      "invalid-argument",
      `not a row of this type type=${row.type} name=${JSON.stringify(name.slice(0, 80))}`,
    );
  }
  return name;
}

/** The shard of a subkey in a table with so many shards: its CRC-32 modulo `shards`. */
export function perfShard(subkey: string, shards: number): number {
  if (!Number.isSafeInteger(shards) || shards < 1) {
    throw new KeyspaceError(
      "invalid-argument",
      `there must be at least one shard shards=${shards}`,
    );
  }
  return crc32(encoder.encode(subkey)) % shards;
}

/**
 * What a row name says.
 *
 * @throws {KeyspaceError} `malformed` for a name that Perf does not make
 */
export function parsePerfRow(name: string): PerfRow {
  const row = readRow(name);
  if (row === undefined) {
    throw new KeyspaceError(
      "malformed",
      `not a row of a trace table text=${JSON.stringify(name.slice(0, 80))}`,
    );
  }
  return row;
}

function rowName(row: PerfRow): string {
  if (row.type === "source") return `&${row.md5}`;
  const key = tileText(row.tile);
  if (row.type === "dictionary") return `@${key}`;
  if (row.type === "trace") return `${row.shard}:${key}:${row.subkey}`;
  return `j${key}:${row.numbers.join(":")}:${row.subkey}`;
}

function readRow(name: string): PerfRow | undefined {
  const dictionary = dictionaryPattern.exec(name);
  if (dictionary !== null) return { type: "dictionary", tile: tileOfKey(Number(dictionary[1])) };
  const trace = tracePattern.exec(name);
  if (trace !== null) {
    const [, shard, key, subkey = ""] = trace;
    return { type: "trace", tile: tileOfKey(Number(key)), shard: Number(shard), subkey };
  }
  const index = indexPattern.exec(name);
  if (index !== null) {
    const [, key, keyNumber, valueNumber, subkey = ""] = index;
    const numbers = [Number(keyNumber), Number(valueNumber)] as const;
    return { type: "index", tile: tileOfKey(Number(key)), numbers, subkey };
  }
  const md5 = sourcePattern.exec(name)?.[1];
  return md5 === undefined ? undefined : { type: "source", md5 };
}

function tileText(tile: number): string {
  return tileKey(tile).toString().padStart(TILE_DIGITS, "0");
}

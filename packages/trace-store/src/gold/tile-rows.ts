import { encodeTraceId, type TraceParams } from "@foretile/keyspace";
import {
  decodeLooseTraceId,
  goldShard,
  parseGoldColumn,
  parseGoldRow,
  type OrderedParamSet,
} from "@foretile/keyspace/gold";
import type { Cell, Row } from "@foretile/storage";
import { DIGEST_BYTES, POINT, type PointState } from "../trace-values.ts";
import type { GoldProblem } from "./gold-block.ts";
import { unlessMalformed } from "./gold-context.ts";
import { DIGEST_FAMILY, OPTIONS_COLUMN, OPTIONS_FAMILY } from "./gold-families.ts";

/** The cells of one row, in order: a few arrays for all of them, since a tile may have millions. */
export interface StoredPoints {
  readonly offsets: Uint8Array;
  /** Of `POINT`, for each offset. */
  readonly states: Uint8Array;
  /** 16 bytes for each offset, zeros where there is no value. */
  readonly digests: Uint8Array<ArrayBuffer>;
}

/** What rows of one tile say, by the traces' ids in it. */
export interface TileRows {
  readonly points: ReadonlyMap<string, StoredPoints>;
  readonly options: ReadonlyMap<string, TraceParams>;
  /** The row of each trace in `points`. */
  readonly names: ReadonlyMap<string, string>;
  readonly problems: readonly GoldProblem[];
}

/** A trace of a tile. */
export interface TileTrace {
  readonly id: string;
  readonly params: TraceParams;
  readonly points: StoredPoints;
  readonly options: TraceParams | undefined;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads rows one after the other; nothing of them is kept but what they say. */
export class TileRowReader implements TileRows {
  readonly points: Map<string, StoredPoints> = new Map();
  readonly options: Map<string, TraceParams> = new Map();
  readonly names: Map<string, string> = new Map();
  readonly problems: GoldProblem[] = [];

  read({ key, cells }: Row): void {
    const row = unlessMalformed(() => parseGoldRow(key));
    if (row === undefined || row.type === "o" || row.shard !== goldShard(row.subkey)) {
      this.#tell(key, "foreign-row", "not a row of a trace, or in another shard");
      return;
    }
    // Older rows of both types have the cells of both.
    if (row.type === "p") {
      const cell = cells.find(
        ({ family, qualifier }) => family === OPTIONS_FAMILY && qualifier === OPTIONS_COLUMN,
      );
      if (cell !== undefined) this.#readOptions(key, row.subkey, cell.value);
      return;
    }
    const digests = cells.filter(({ family }) => family === DIGEST_FAMILY);
    if (digests.length === 0) return;
    this.names.set(row.subkey, key);
    this.points.set(row.subkey, this.#readPoints(key, digests));
  }

  #readPoints(row: string, cells: readonly Cell[]): StoredPoints {
    const offsets = new Uint8Array(cells.length);
    const states = new Uint8Array(cells.length);
    const digests = new Uint8Array(cells.length * DIGEST_BYTES);
    let count = 0;
    for (const { qualifier, value } of cells) {
      const offset = unlessMalformed(() => parseGoldColumn(qualifier));
      if (offset === undefined) {
        this.#tell(row, "foreign-column", `not an offset column=${qualifier}`);
        continue;
      }
      offsets[count] = offset;
      states[count] = stateOf(value);
      if (states[count] === POINT.value) digests.set(value, count * DIGEST_BYTES);
      else if (states[count] === POINT.invalid) {
        this.#tell(row, "invalid-digest", `offset=${offset} length=${value.length}`);
      }
      count += 1;
    }
    return { offsets: offsets.subarray(0, count), states, digests };
  }

  #readOptions(row: string, subkey: string, bytes: Uint8Array): void {
    const options = bytes.length === 0 ? {} : optionsOf(bytes);
    if (options === undefined) {
      this.#tell(row, "undecodable-options", `length=${bytes.length}`);
    } else this.options.set(subkey, options);
  }

  #tell(row: string, reason: GoldProblem["reason"], message: string): void {
    this.problems.push({ row, reason, message });
  }
}

/** Ids of rows that a dictionary does not have. */
export function undecodable({ points }: TileRows, ops: OrderedParamSet): readonly string[] {
  return [...points.keys()].filter((subkey) => paramsOf(subkey, ops) === undefined);
}

/** The traces in order of their ids, and the problem of each row that a dictionary cannot name. */
export function tileTraces(
  { points, options, names }: TileRows,
  ops: OrderedParamSet,
): { readonly traces: readonly TileTrace[]; readonly problems: readonly GoldProblem[] } {
  const traces: TileTrace[] = [];
  const problems: GoldProblem[] = [];
  for (const [subkey, ofTrace] of points) {
    const named = paramsOf(subkey, ops);
    if (named === undefined) {
      problems.push({
        row: names.get(subkey) ?? subkey,
        reason: "undecodable-id",
        message: `dictionary does not have the numbers of the id id=${subkey}`,
      });
    } else traces.push({ ...named, points: ofTrace, options: options.get(subkey) });
  }
  // Ids are ASCII, so this is the order of their bytes.
  traces.sort((left, right) => (left.id < right.id ? -1 : 1));
  return { traces, problems };
}

/** `undefined` for numbers that the dictionary does not have, and for params that have no id, such as an empty key. */
function paramsOf(
  subkey: string,
  ops: OrderedParamSet,
): { readonly id: string; readonly params: TraceParams } | undefined {
  return unlessMalformed(() => {
    const params = ops.decode(subkey);
    return { id: encodeTraceId(params), params };
  });
}

/** Nothing, or one zero byte in older tables, stands for a missing digest. */
function stateOf(value: Uint8Array): PointState {
  if (value.length === DIGEST_BYTES) return POINT.value;
  const isMissing = value.length === 0 || (value.length === 1 && value[0] === 0);
  return isMissing ? POINT.missing : POINT.invalid;
}

/** Only of the form that Gold writes: what it reads as nothing is not taken for nothing. */
function optionsOf(bytes: Uint8Array): TraceParams | undefined {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return undefined;
  }
  if (!text.startsWith(",") || !text.endsWith(",")) return undefined;
  return unlessMalformed(() => decodeLooseTraceId(text));
}

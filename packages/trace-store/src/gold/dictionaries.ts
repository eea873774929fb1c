import { createHash } from "node:crypto";
import type { ParamSet } from "@foretile/keyspace";
import { goldOpsRow, OrderedParamSet } from "@foretile/keyspace/gold";
import { createLimiter, type Clock, type RetryPolicy } from "@foretile/resilience";
import { toKey, type Cell, type CellMutation, type RowStore } from "@foretile/storage";
import { TraceStoreError } from "../trace-store-error.ts";
import { decodeOps } from "./gob/decode-ops.ts";
import { encodeOps } from "./gob/encode-ops.ts";
import { DICTIONARY_COLUMN, DICTIONARY_FAMILY, TAG_COLUMN } from "./gold-families.ts";

/** A dictionary as it was read. */
interface StoredDictionary {
  readonly ops: OrderedParamSet;
  /** The bytes that say which state it is in; `undefined` when there is none yet. */
  readonly tag: Uint8Array | undefined;
  /** The latest timestamp of its cells. */
  readonly timestampMicros: number;
  readonly bytes: number;
}

/** The dictionaries of a table's tiles. */
export interface Dictionaries {
  /** A state that may be out of date, which lacks what was added since, and never says anything wrong. */
  recent(tile: number, signal?: AbortSignal): Promise<OrderedParamSet>;
  /** The newest state, from the store. Empty where there is none. */
  newest(tile: number, signal?: AbortSignal): Promise<OrderedParamSet>;
  /**
   * A state that has all of `params`, which are added when they are new.
   *
   * @throws {TraceStoreError} `conflict` when others changed it each time
   */
  including(tile: number, params: ParamSet, signal?: AbortSignal): Promise<OrderedParamSet>;
  forget(tile: number): void;
}

/** @param cacheBytes how many bytes of dictionaries are kept, counted as they are stored */
export function createDictionaries(
  rows: RowStore,
  clock: Clock,
  retries: RetryPolicy,
  cacheBytes: number,
): Dictionaries {
  // In order of their last use.
  const cache = new Map<number, StoredDictionary>();
  let cachedBytes = 0;
  /** Calls of one process would only take the change from each other. */
  const changes = createLimiter({ capacity: 1 });

  function forget(tile: number): void {
    cachedBytes -= cache.get(tile)?.bytes ?? 0;
    cache.delete(tile);
  }

  function keep(tile: number, dictionary: StoredDictionary): void {
    forget(tile);
    if (dictionary.bytes > cacheBytes) return;
    cache.set(tile, dictionary);
    cachedBytes += dictionary.bytes;
    for (const oldest of cache.keys()) {
      if (cachedBytes <= cacheBytes) return;
      forget(oldest);
    }
  }

  async function read(tile: number, signal?: AbortSignal): Promise<StoredDictionary> {
    const dictionary = await readDictionary(rows, tile, signal);
    keep(tile, dictionary);
    return dictionary;
  }

  function cached(tile: number): StoredDictionary | undefined {
    const dictionary = cache.get(tile);
    if (dictionary !== undefined) keep(tile, dictionary);
    return dictionary;
  }

  /** One try, on the cached state if there is one; whatever did not work, the next try is on the newest. */
  async function include(
    tile: number,
    params: ParamSet,
    signal: AbortSignal | undefined,
  ): Promise<OrderedParamSet> {
    const current = cached(tile) ?? (await read(tile, signal));
    const ops = current.ops.updated(params);
    // Also when an earlier try was carried out and only its answer was lost.
    if (ops === current.ops) return ops;
    forget(tile);
    keep(tile, await change(tile, current, ops, signal));
    return ops;
  }

  async function change(
    tile: number,
    { tag, timestampMicros }: StoredDictionary,
    ops: OrderedParamSet,
    signal: AbortSignal | undefined,
  ): Promise<StoredDictionary> {
    const content = encodeOps(ops);
    const next: StoredDictionary = {
      ops,
      tag: Buffer.from(createHash("md5").update(content).digest("hex")),
      // Whatever clocks say, never before what is replaced: the newest cell is the one that is read.
      timestampMicros: Math.max(Math.floor(clock.nowMs()) * 1000, timestampMicros + 1000),
      bytes: content.length,
    };
    const mutations = [
      ...replacement(TAG_COLUMN, next.tag ?? content, next.timestampMicros),
      ...replacement(DICTIONARY_COLUMN, content, next.timestampMicros),
    ];
    const { matched } = await rows.checkAndMutateRow(
      {
        key: toKey(goldOpsRow(tile)),
        predicate: { family: DICTIONARY_FAMILY, qualifier: TAG_COLUMN, value: tag },
        ...(tag === undefined ? { onNoMatch: mutations } : { onMatch: mutations }),
      },
      { signal },
    );
    if (matched === (tag !== undefined)) return next;
    throw new TraceStoreError("conflict", `dictionary was changed by others tile=${tile}`, {
      retry: "safe",
    });
  }

  return {
    recent: async (tile, signal) => (cached(tile) ?? (await read(tile, signal))).ops,
    newest: async (tile, signal) => (await read(tile, signal)).ops,
    including: async (tile, params, signal) => {
      const known = cached(tile)?.ops;
      if (known !== undefined && Object.keys(known.delta(params)).length === 0) return known;
      return changes.run(
        () => retries.run(() => include(tile, params, signal), { idempotent: true, signal }),
        { signal },
      );
    },
    forget,
  };
}

async function readDictionary(
  rows: RowStore,
  tile: number,
  signal: AbortSignal | undefined,
): Promise<StoredDictionary> {
  const filter = { families: [DICTIONARY_FAMILY], cellsPerColumn: 1 };
  for await (const [row] of rows.readRows(
    { keys: [toKey(goldOpsRow(tile))] },
    { filter, signal },
  )) {
    if (row !== undefined) return dictionaryOf(tile, row.cells);
  }
  return { ops: OrderedParamSet.empty, tag: undefined, timestampMicros: 0, bytes: 0 };
}

function dictionaryOf(tile: number, cells: readonly Cell[]): StoredDictionary {
  const tag = cells.find(({ qualifier }) => qualifier === TAG_COLUMN);
  const content = cells.find(({ qualifier }) => qualifier === DICTIONARY_COLUMN);
  if (cells.length !== 2 || tag === undefined || content === undefined || tag.value.length === 0) {
    throw new TraceStoreError(
      "tile-damaged",
      `dictionary must have two cells, a tag and its content tile=${tile} cells=${cells.length}`,
    );
  }
  let ops: OrderedParamSet;
  try {
    ops = decodeOps(content.value);
  } catch (cause) {
    throw new TraceStoreError("tile-damaged", `dictionary cannot be read tile=${tile}`, { cause });
  }
  return {
    ops,
    tag: tag.value,
    timestampMicros: Math.max(tag.timestampMicros, content.timestampMicros),
    bytes: content.value.length,
  };
}

/** Cells that are not the newest are of no use to anyone, and a table may have no rule that lets them go. */
function replacement(
  qualifier: string,
  value: Uint8Array,
  timestampMicros: number,
): readonly CellMutation[] {
  return [
    {
      type: "delete-column",
      family: DICTIONARY_FAMILY,
      qualifier,
      timestampsMicros: { lt: timestampMicros },
    },
    { type: "set-cell", family: DICTIONARY_FAMILY, qualifier, timestampMicros, value },
  ];
}

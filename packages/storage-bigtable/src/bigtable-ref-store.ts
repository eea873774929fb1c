import {
  StorageError,
  type CompareAndSetResult,
  type Key,
  type Ref,
  type RefEntry,
  type RefStore,
  type RefStoreCapabilities,
  type RefToken,
} from "@foretile/storage";
import {
  checkBatchSize,
  checkKeyRange,
  checkRefChange,
  rowRanges,
  type CallScope,
} from "@foretile/storage/adapter";

import { checkAndMutate } from "./check-and-mutate.ts";
import { ownedBytes, type ReceivedRow } from "./row-assembler.ts";
import { chained, columnFilter, valueFilter, type ProtoFilter } from "./row-filters.ts";
import type { ProtoMutation } from "./row-mutations.ts";
import { readRow, scanRows } from "./row-scan.ts";
import { scanBatches, type ScannedEntry } from "./scan-batches.ts";
import { checkWritable, tableOf, type StoreContext } from "./store-context.ts";
import { REF_FAMILY } from "./store-layout.ts";

const DEFAULT_BATCH = 100;
const MAX_BATCH = 1_000;

const TOKEN_COLUMN = "t";
const VALUE_COLUMN = "v";

const capabilities: RefStoreCapabilities = { maxValueBytes: 1024 * 1024, durable: true };

/** A fixed timestamp lets a new cell replace the one before it, and a call that is delivered twice change nothing. */
const TIMESTAMP_MICROS = 0;

/** One cell of each column, whatever the service has not removed yet. */
const newestCells = chained([
  { familyNameRegexFilter: REF_FAMILY },
  { cellsPerColumnLimitFilter: 1 },
]);

/** Tokens this store makes: ids. Another text fits nothing. */
const tokenText = /^[0-9a-z]{26}$/;

/**
 * A record is a row with a token, a fresh id for every change, and a value. The test of a change is a test of the
 * token's cell alone, which the service makes together with the change.
 */
export function createBigtableRefStore(calls: CallScope, context: StoreContext): RefStore {
  const table = tableOf(context, context.names.refs);

  async function read(key: Key, signal: AbortSignal | undefined): Promise<Ref | undefined> {
    const row = await readRow(table, key, newestCells, signal);
    if (row === undefined) return undefined;
    const { value, token } = refOf(row);
    return { value, token };
  }

  async function change(
    key: Key,
    expected: RefToken | undefined,
    next: Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<CompareAndSetResult> {
    if (expected !== undefined && !tokenText.test(expected)) return { swapped: false };
    const token = next === undefined ? undefined : (context.ids.nextId() as RefToken);
    const mutations: readonly ProtoMutation[] =
      next === undefined || token === undefined
        ? [{ deleteFromRow: {} }]
        : [cell(TOKEN_COLUMN, Buffer.from(token, "latin1")), cell(VALUE_COLUMN, next)];
    const create = expected === undefined;
    const matched = await checkAndMutate(
      table,
      {
        key,
        filter: tokenFilter(expected),
        onMatch: create ? [] : mutations,
        onNoMatch: create ? mutations : [],
      },
      signal,
    );
    return matched === create ? { swapped: false } : { swapped: true, token };
  }

  async function* entries(
    range: { readonly gte?: string; readonly lt?: string },
    signal: AbortSignal,
  ): AsyncGenerator<ScannedEntry<RefEntry>, void, undefined> {
    const ranges = rowRanges({ ranges: [range] });
    for await (const row of scanRows(table, { ranges, filter: newestCells }, signal)) {
      const entry = refOf(row);
      yield { entry, bytes: entry.value.byteLength };
    }
  }

  return {
    capabilities,

    read: (key, options) => calls.run(options?.signal, () => read(key, options?.signal)),

    compareAndSet: (key, expected, next, options) =>
      calls.run(options?.signal, () => {
        checkWritable(context);
        checkRefChange(expected, next, capabilities);
        return change(key, expected, next, options?.signal);
      }),

    list: (range, options) => {
      const batchSize = options?.batchSize ?? DEFAULT_BATCH;
      return scanBatches(calls, options?.signal, batchSize, (signal) => {
        checkKeyRange(range);
        checkBatchSize(batchSize, MAX_BATCH);
        return entries(range, signal);
      });
    },
  };
}

/** Lets a cell through when the record is in the expected state; without one, when it exists. */
function tokenFilter(expected: RefToken | undefined): ProtoFilter {
  return chained([
    columnFilter(REF_FAMILY, TOKEN_COLUMN),
    // Before the value: an older token never counts.
    { cellsPerColumnLimitFilter: 1 },
    ...(expected === undefined ? [] : [valueFilter(Buffer.from(expected, "latin1"))]),
  ]);
}

function cell(column: string, value: Uint8Array): ProtoMutation {
  return {
    setCell: {
      familyName: REF_FAMILY,
      columnQualifier: Buffer.from(column, "latin1"),
      timestampMicros: TIMESTAMP_MICROS,
      value,
    },
  };
}

/** The record in memory of its own. */
function refOf({ key, cells }: ReceivedRow): RefEntry {
  const token = cells.find(({ qualifier }) => qualifier === TOKEN_COLUMN);
  const value = cells.find(({ qualifier }) => qualifier === VALUE_COLUMN);
  if (token === undefined || value === undefined) {
    throw new StorageError("damaged", `record has no token or no value key=${key}`);
  }
  return {
    key,
    value: ownedBytes(value.value),
    token: Buffer.from(token.value).toString("latin1") as RefToken,
  };
}

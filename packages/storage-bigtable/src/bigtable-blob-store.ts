import type {
  BlobEntry,
  BlobStore,
  BlobStoreCapabilities,
  ByteRange,
  Key,
  KeyRange,
} from "@foretile/storage";
import {
  checkBatchSize,
  checkBlob,
  checkByteRange,
  checkKeyRange,
  rowRanges,
  type CallScope,
} from "@foretile/storage/adapter";

import { blobMutations, blobPart, lengthOf, partFilter, wholeFilter } from "./blob-cells.ts";
import { chained } from "./row-filters.ts";
import { readRow, scanRows } from "./row-scan.ts";
import { createRowSender, type OutgoingRow } from "./row-sender.ts";
import { scanBatches, type ScannedEntry } from "./scan-batches.ts";
import { checkWritable, tableOf, type StoreContext } from "./store-context.ts";
import { LENGTH_FAMILY } from "./store-layout.ts";

const DEFAULT_BATCH = 1_000;
const MAX_BATCH = 10_000;

const lengthsOnly = chained([
  { familyNameRegexFilter: LENGTH_FAMILY },
  { cellsPerColumnLimitFilter: 1 },
]);

/**
 * A blob is a row: its bytes in pieces, its length beside them. One mutation writes both, so a blob is there whole or
 * not at all. Puts and deletes of many callers share calls.
 */
export function createBigtableBlobStore(calls: CallScope, context: StoreContext): BlobStore {
  const table = tableOf(context, context.names.blobs);
  const sender = createRowSender(table, context.limits.send);
  const capabilities: BlobStoreCapabilities = {
    maxBlobBytes: context.limits.maxBlobBytes,
    // Only a conditional write could tell, one call for each blob.
    detectsConflicts: false,
    durable: true,
  };

  async function send(rows: readonly OutgoingRow[], signal?: AbortSignal): Promise<void> {
    const failures = await sender.send(rows, signal);
    const failure = failures.find((each) => each !== undefined);
    if (failure !== undefined) throw failure;
  }

  async function get(
    key: Key,
    range: ByteRange | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array | undefined> {
    const filter = range === undefined ? wholeFilter : partFilter(range);
    const row = await readRow(table, key, filter, signal);
    return row === undefined ? undefined : blobPart(row, range);
  }

  async function* entries(
    range: KeyRange,
    signal: AbortSignal,
  ): AsyncGenerator<ScannedEntry<BlobEntry>, void, undefined> {
    const ranges = rowRanges({ ranges: [range] });
    for await (const row of scanRows(table, { ranges, filter: lengthsOnly }, signal)) {
      const length = lengthOf(row);
      if (length !== undefined) yield { entry: { key: row.key, length }, bytes: 0 };
    }
  }

  return {
    capabilities,

    putNew: (key, bytes, options) =>
      calls.run(options?.signal, () => {
        checkWritable(context);
        checkBlob(bytes, capabilities);
        const row = { key, mutations: blobMutations(bytes), bytes: bytes.byteLength };
        return send([row], options?.signal);
      }),

    get: (key, options) =>
      calls.run(options?.signal, () => {
        checkByteRange(options?.range);
        return get(key, options?.range, options?.signal);
      }),

    deleteMany: (keys, options) =>
      calls.run(options?.signal, () => {
        checkWritable(context);
        const rows = keys.map((key) => ({ key, mutations: [{ deleteFromRow: {} }], bytes: 0 }));
        return send(rows, options?.signal);
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

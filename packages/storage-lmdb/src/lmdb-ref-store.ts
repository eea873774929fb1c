import type {
  CompareAndSetResult,
  Key,
  Ref,
  RefEntry,
  RefStore,
  RefStoreCapabilities,
  RefToken,
} from "@foretile/storage";
import {
  batched,
  checkBatchSize,
  checkKeyRange,
  checkRefChange,
  type CallScope,
} from "@foretile/storage/adapter";

import { borrowValue, copyValue } from "./database.ts";
import { keyBytes, keyText, scanBounds, type ScanBounds } from "./key-bytes.ts";
import type { StoreContext } from "./store-context.ts";
import { scan, type ScanStep } from "./scan.ts";

const DEFAULT_BATCH = 100;
const MAX_BATCH = 1_000;

const capabilities: RefStoreCapabilities = { maxValueBytes: 1024 * 1024, durable: true };

const sequenceKey = keyBytes("ref-sequence");
const SEQUENCE_BYTES = 8;

/**
 * Records in `refs`: the number of the change that wrote it (64 bits, little-endian), then the value. Changes of all
 * records are counted together in `meta`, so that a number, which is the token, never comes back.
 */
export function createLmdbRefStore(calls: CallScope, context: StoreContext): RefStore {
  const { environment, write } = context;

  function change(
    key: Key,
    expected: RefToken | undefined,
    next: Uint8Array | undefined,
  ): CompareAndSetResult {
    const { refs } = environment.databases;
    const name = keyBytes(key);
    const there = borrowValue(refs, name);
    if ((there === undefined ? undefined : tokenOf(there)) !== expected) return { swapped: false };
    if (next === undefined) {
      refs.removeSync(name);
      return { swapped: true, token: undefined };
    }
    const record = Buffer.alloc(SEQUENCE_BYTES + next.byteLength);
    record.writeBigUInt64LE(nextSequence());
    record.set(next, SEQUENCE_BYTES);
    refs.putSync(name, record);
    return { swapped: true, token: tokenOf(record) };
  }

  function nextSequence(): bigint {
    const { meta } = environment.databases;
    const last = borrowValue(meta, sequenceKey);
    const sequence = (last === undefined ? 0n : sequenceOf(last)) + 1n;
    const record = Buffer.alloc(SEQUENCE_BYTES);
    record.writeBigUInt64LE(sequence);
    meta.putSync(sequenceKey, record);
    return sequence;
  }

  function list(bounds: ScanBounds, limit: number): ScanStep<RefEntry> {
    return environment.read(() => {
      const found: RefEntry[] = [];
      let last: Uint8Array | undefined;
      for (const { key, value } of environment.databases.refs.getRange({ ...bounds, limit })) {
        environment.touch(value.byteLength);
        found.push({ key: keyText(key) as Key, ...refOf(new Uint8Array(value)) });
        last = key;
      }
      return { found, last: found.length < limit ? undefined : last };
    });
  }

  return {
    capabilities,

    read: (key, options) =>
      calls.run(options?.signal, () => {
        const record = environment.read(() => copyValue(environment.databases.refs, keyBytes(key)));
        environment.touch(record?.byteLength ?? 0);
        return record === undefined ? undefined : refOf(record);
      }),

    compareAndSet: (key, expected, next, options) =>
      calls.run(options?.signal, () => {
        checkRefChange(expected, next, capabilities);
        return write(next?.byteLength ?? 0, () => change(key, expected, next));
      }),

    list: (range, options) => {
      const batchSize = options?.batchSize ?? DEFAULT_BATCH;
      return batched(calls, options?.signal, batchSize, () => {
        checkKeyRange(range);
        checkBatchSize(batchSize, MAX_BATCH);
        return scan(scanBounds(range), (bounds) => list(bounds, batchSize));
      });
    },
  };
}

/** The record's parts; the value has memory of its own. */
function refOf(record: Uint8Array<ArrayBuffer>): Ref {
  return { value: record.slice(SEQUENCE_BYTES), token: tokenOf(record) };
}

function tokenOf(record: Uint8Array): RefToken {
  return String(sequenceOf(record)) as RefToken;
}

function sequenceOf(record: Uint8Array): bigint {
  return new DataView(record.buffer, record.byteOffset, SEQUENCE_BYTES).getBigUint64(0, true);
}

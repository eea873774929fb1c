import { batched } from "../adapter/batched.ts";
import type { CallScope } from "../adapter/call-scope.ts";
import { checkBatchSize, checkKeyRange, checkRefChange } from "../adapter/check-arguments.ts";
import { copyBytes } from "../copy-bytes.ts";
import type { Key, KeyRange } from "../key.ts";
import type { Ref, RefEntry, RefStore, RefStoreCapabilities, RefToken } from "../ref-store.ts";
import { OrderedMap } from "./ordered-map.ts";

const DEFAULT_BATCH = 100;
const MAX_BATCH = 1_000;

export function createMemoryRefStore(
  calls: CallScope,
  capabilities: RefStoreCapabilities,
): RefStore {
  const refs = new OrderedMap<Ref>();
  // One counter for all records: a token never comes back and never fits another record.
  let changes = 0;

  function* entries(range: KeyRange): Generator<RefEntry, void, undefined> {
    for (const [key, { value, token }] of refs.entries(range)) {
      yield { key: key as Key, value: copyBytes(value), token };
    }
  }

  return {
    capabilities,

    read: (key, options) =>
      calls.run(options?.signal, () => {
        const ref = refs.get(key);
        return ref === undefined ? undefined : { value: copyBytes(ref.value), token: ref.token };
      }),

    compareAndSet: (key, expected, next, options) =>
      calls.run(options?.signal, () => {
        checkRefChange(expected, next, capabilities);
        if (refs.get(key)?.token !== expected) return { swapped: false };
        if (next === undefined) {
          refs.delete(key);
          return { swapped: true, token: undefined };
        }
        changes += 1;
        const token = String(changes) as RefToken;
        refs.set(key, { value: copyBytes(next), token });
        return { swapped: true, token };
      }),

    list: (range, options) => {
      const batchSize = options?.batchSize ?? DEFAULT_BATCH;
      return batched(calls, options?.signal, batchSize, () => {
        checkKeyRange(range);
        checkBatchSize(batchSize, MAX_BATCH);
        return entries(range);
      });
    },
  };
}

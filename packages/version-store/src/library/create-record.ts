import { retryAdvice } from "@foretile/resilience";
import type { CallOptions, Key, RefStore, RefToken } from "@foretile/storage";
import { equalBytes } from "../document/content-hash.ts";

/**
 * Makes a record with bytes that nobody else would write. A lost answer is settled by reading back.
 *
 * @returns the record's token, `undefined` when another record is there
 * @throws {StorageError} with `retry: "unknown-outcome"` when the record is not there but may still arrive
 */
export async function createRecord(
  refs: RefStore,
  key: Key,
  bytes: Uint8Array,
  options?: CallOptions,
): Promise<RefToken | undefined> {
  try {
    const result = await refs.compareAndSet(key, undefined, bytes, options);
    return result.swapped ? result.token : undefined;
  } catch (error) {
    if (retryAdvice(error) !== "unknown-outcome") throw error;
    const ref = await refs.read(key, options);
    if (ref === undefined) throw error;
    return equalBytes(ref.value, bytes) ? ref.token : undefined;
  }
}

import { isStorageError } from "@foretile/storage";
import { isVersionStoreError, type VersionStoreErrorCode } from "../../src/index.ts";

/** What may happen to an honest client on a store with faults: none of it says that something is wrong. */
const expected: readonly VersionStoreErrorCode[] = [
  "concurrent-modification",
  "commit-outcome-unknown",
  "transaction-expired",
  "no-data-found",
  "no-such-snapshot",
  "duplicate-snapshot",
];

/** Runs `work`; `undefined` when it failed in a way that a store with faults explains. */
export async function tolerate<T>(
  work: () => Promise<T>,
  more: readonly VersionStoreErrorCode[] = [],
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isStorageError(error, "unavailable")) return undefined;
    if (isVersionStoreError(error, ...expected, ...more)) return undefined;
    throw error;
  }
}

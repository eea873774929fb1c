import { isVersionStoreError, type VersionStoreError } from "../../../src/version-store-error.ts";

/**
 * The VersionStoreError that `run` throws; any other error passes through and fails the test.
 *
 * @returns `undefined` when nothing is thrown
 */
export function versionStoreErrorOf(run: () => unknown): VersionStoreError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (isVersionStoreError(error)) return error;
    throw error;
  }
}

import { isVersionStoreError } from "../version-store-error.ts";

/**
 * Does work before the commit that the commit would do otherwise, with segments of the newest version. Some may be
 * missing only because the version was removed and collected meanwhile; the commit tells that from damage, as it knows
 * whether the head changed.
 */
export async function tryBeforeCommit(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isVersionStoreError(error, "data-integrity")) throw error;
  }
}

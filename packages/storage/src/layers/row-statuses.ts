import type { RowMutation, RowStatus } from "../row-store.ts";
import { isStorageError } from "../storage-error.ts";

/**
 * Keeps the promise that `mutateRows` rejects only for the call as a whole: any other failure becomes the status of
 * every row.
 */
export async function asStatuses(
  rows: readonly RowMutation[],
  mutate: () => Promise<readonly RowStatus[]>,
): Promise<readonly RowStatus[]> {
  try {
    return await mutate();
  } catch (error) {
    if (!isStorageError(error)) throw error;
    if (isStorageError(error, "invalid-argument", "too-large", "closed", "aborted")) throw error;
    return rows.map(({ key }) => ({ key, ok: false, error }));
  }
}

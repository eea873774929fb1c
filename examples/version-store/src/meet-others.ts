import { isVersionStoreError, type Library, type StoreResult } from "@foretile/version-store";
import { trajectory } from "./trajectory.ts";
import type { Log } from "./tour.ts";

/** Several writers of one symbol. */
export async function meetOthers(library: Library, log: Log): Promise<void> {
  const both = await Promise.all([
    library.append("notes", trajectory(0, 5), { validateIndex: false }),
    library.append("notes", trajectory(0, 5), { validateIndex: false }),
  ]);
  log(both.map(({ version }) => version));

  try {
    await library.write("notes", "mine", { expectedVersion: 1 });
  } catch (error) {
    if (!isVersionStoreError(error, "concurrent-modification")) throw error;
    log(error.code, error.retry);
  }

  log((await appendOnce(library, "notes", 10)).rows);
}

/** Appends rows once, even when the store's answer to it was lost. */
async function appendOnce(
  library: Library,
  symbol: string,
  second: number,
): Promise<StoreResult | { rows: number | undefined }> {
  try {
    return await library.append(symbol, trajectory(second, 1));
  } catch (error) {
    if (!isVersionStoreError(error, "commit-outcome-unknown")) throw error;
    const commitId = String(error.details["commitId"]);
    if (!(await library.wasCommitted(symbol, commitId))) throw error;
    return library.readMetadata(symbol, { asOf: { commitId } });
  }
}

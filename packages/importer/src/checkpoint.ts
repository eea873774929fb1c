import type { CallOptions } from "@foretile/storage";
import { isVersionStoreError, type Library } from "@foretile/version-store";
import type { ImportTotals } from "./import-options.ts";

/** How far an import is. */
export interface Checkpoint {
  readonly lastRequestId: number;
  readonly totals: ImportTotals;
}

export const NOTHING: Checkpoint = {
  lastRequestId: 0,
  totals: {
    requests: 0,
    published: 0,
    unchanged: 0,
    empty: 0,
    refused: 0,
    answers: 0,
    valid: 0,
    invalid: 0,
    rejected: 0,
    deleted: 0,
    lost: 0,
  },
};

/** @throws {VersionStoreError} */
export async function readCheckpoint(
  library: Library,
  name: string,
  { signal }: CallOptions,
): Promise<Checkpoint> {
  try {
    const { value } = await library.read(symbolOf(name), { signal });
    return value as Checkpoint;
  } catch (error) {
    if (isVersionStoreError(error, "no-data-found")) return NOTHING;
    throw error;
  }
}

/** @throws {VersionStoreError} */
export async function writeCheckpoint(
  library: Library,
  name: string,
  { lastRequestId, totals }: Checkpoint,
  { signal }: CallOptions,
): Promise<void> {
  const value = { lastRequestId, totals: { ...totals } };
  await library.write(symbolOf(name), value, { skipUnchanged: true, signal });
  // Only the newest says anything.
  await library.prune(symbolOf(name), { keepLast: 1 }, { signal });
}

function symbolOf(name: string): string {
  return `import/${name}`;
}

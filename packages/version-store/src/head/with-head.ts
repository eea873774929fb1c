import type { CallOptions } from "@foretile/storage";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import { readHead } from "./head-record.ts";
import type { Head } from "./head.ts";

/** A reader that keeps meeting pages of an older head starts again at most this often. */
const MAX_STARTS = 4;

/**
 * Reads a head and what hangs from it.
 *
 * Pages that a newer head replaced may be collected while a reader still follows the older one. What looks like damage
 * is therefore read again from the newest head, and counts as damage only when the head is still the same.
 */
export async function withHead<T>(
  context: LibraryContext,
  symbol: string,
  read: (head: Head | undefined) => Promise<T>,
  options?: CallOptions,
): Promise<T> {
  const key = headKey(symbol);
  let state = await readHead(context, key, symbol, options);
  for (let start = 1; ; start += 1) {
    try {
      return await read(state?.head);
    } catch (error) {
      if (start === MAX_STARTS || !isVersionStoreError(error, "data-integrity")) throw error;
      const now = await readHead(context, key, symbol, options);
      if (now?.token === state?.token) throw error;
      state = now;
    }
  }
}

import type { Key, ListRefsOptions, RefEntry } from "@foretile/storage";
import { headKey, headRanges } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { decodeHeadBytes } from "./head-record.ts";
import type { Head } from "./head.ts";

/** A head, or why it cannot be read. */
export type ListedHead =
  | { readonly key: Key; readonly head: Head }
  | { readonly key: Key; readonly head: undefined; readonly error: Error };

/**
 * The heads of all symbols that start with `prefix`, in batches, ordered by escaped name (names too long for a key
 * last), each as it was at some moment of the listing. A damaged head does not end it.
 */
export async function* listHeads(
  context: LibraryContext,
  prefix: string,
  { signal, batchSize }: ListRefsOptions = {},
): AsyncGenerator<readonly ListedHead[], void, undefined> {
  for (const range of headRanges(prefix)) {
    for await (const refs of context.refs.list(range, { signal, batchSize })) {
      const heads = refs
        .map((ref) => decode(context, ref))
        .filter(({ head }) => head === undefined || head.symbol.startsWith(prefix));
      if (heads.length > 0) yield heads;
    }
  }
}

function decode(context: LibraryContext, { key, value }: RefEntry): ListedHead {
  try {
    const head = decodeHeadBytes(context, value, key);
    if (headKey(head.symbol) === key) return { key, head };
    throw new VersionStoreError(
      "data-integrity",
      `head belongs to another symbol key=${key} found=${JSON.stringify(head.symbol)}`,
      { details: { key } },
    );
  } catch (error) {
    return { key, head: undefined, error: error as Error };
  }
}

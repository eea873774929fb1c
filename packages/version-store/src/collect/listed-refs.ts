import type { CallOptions, RefEntry } from "@foretile/storage";
import { headKey, headRanges, snapshotRanges } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";

/** The heads of some symbols, those that are there, or of all, in batches. */
export async function* headRefs(
  context: LibraryContext,
  symbols: Iterable<string> | undefined,
  { signal }: CallOptions,
): AsyncGenerator<readonly RefEntry[], void, undefined> {
  if (symbols === undefined) {
    for (const range of headRanges("")) yield* context.refs.list(range, { signal });
    return;
  }
  for (const symbol of symbols) {
    const key = headKey(symbol);
    const ref = await context.refs.read(key, { signal });
    if (ref !== undefined) yield [{ key, ...ref }];
  }
}

/** The records of all snapshots, in batches. */
export async function* snapshotRefs(
  context: LibraryContext,
  { signal }: CallOptions,
): AsyncGenerator<readonly RefEntry[], void, undefined> {
  for (const range of snapshotRanges()) yield* context.refs.list(range, { signal });
}

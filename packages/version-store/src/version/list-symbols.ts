import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import { newestEntry } from "../head/head.ts";
import { listHeads } from "../head/list-heads.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { listSnapshotSymbols } from "../snapshot/list-snapshot-symbols.ts";
import { readVersionRecord } from "./read-version.ts";
import type { VersionEntry } from "./version-entry.ts";

export interface ListSymbolsOptions extends CallOptions {
  /** Only names that start with this. */
  readonly prefix?: string | undefined;
  /** Only names in which this is found, anywhere unless it is anchored. */
  readonly regex?: RegExp | undefined;
  /** What this snapshot pins, instead of what is there now. */
  readonly snapshot?: string | undefined;
  /** Deleted symbols too. Default `false`. */
  readonly includeDeleted?: boolean | undefined;
  /**
   * How many records are read for a batch, 1 to 1000: few, for whoever may need only the first symbols. Default 100. Of
   * no effect with `snapshot`.
   */
  readonly batchSize?: number | undefined;
  /** Only symbols whose version has metadata like this. Costs a request per symbol that passes everything else. */
  readonly where?: ((metadata: DocumentValue) => boolean) | undefined;
}

/** A symbol and its newest version (or the pinned one), or why its head cannot be read. */
export type SymbolEntry =
  | { readonly symbol: string; readonly newest: VersionEntry }
  | { readonly symbol: undefined; readonly key: string; readonly error: Error };

/**
 * Every symbol with a value, in batches, ordered by escaped name (names too long for a key last), or by UTF-16 code
 * units with `snapshot`. A damaged head is an entry with its error; it does not end the listing.
 *
 * @throws {VersionStoreError} from the iteration: `no-such-snapshot`; `data-integrity` for a damaged snapshot or, with
 *   `where`, a damaged version
 */
export async function* listSymbols(
  context: LibraryContext,
  options: ListSymbolsOptions = {},
): AsyncGenerator<readonly SymbolEntry[], void, undefined> {
  const { regex, where, signal } = options;
  // A copy without the flags that make a match depend on the one before.
  const pattern = regex && new RegExp(regex.source, regex.flags.replaceAll(/[gy]/g, ""));
  const batches =
    options.snapshot === undefined ? current(context, options) : pinned(context, options);
  for await (const batch of batches) {
    const wanted: SymbolEntry[] = [];
    for (const entry of batch) {
      if (entry.symbol !== undefined) {
        if (pattern?.test(entry.symbol) === false) continue;
        if (where && !where(await metadataOf(context, entry.symbol, entry.newest, { signal })))
          continue;
      }
      wanted.push(entry);
    }
    if (wanted.length > 0) yield wanted;
  }
}

async function* current(
  context: LibraryContext,
  { prefix = "", includeDeleted = false, batchSize, signal }: ListSymbolsOptions,
): AsyncGenerator<readonly SymbolEntry[], void, undefined> {
  for await (const heads of listHeads(context, prefix, { signal, batchSize })) {
    yield heads.flatMap((listed): SymbolEntry[] => {
      if (listed.head === undefined)
        return [{ symbol: undefined, key: listed.key, error: listed.error }];
      const newest = newestEntry(listed.head);
      if (newest === undefined || (newest.operation === "delete" && !includeDeleted)) return [];
      return [{ symbol: listed.head.symbol, newest }];
    });
  }
}

async function* pinned(
  context: LibraryContext,
  { snapshot = "", prefix = "", signal }: ListSymbolsOptions,
): AsyncGenerator<readonly SymbolEntry[], void, undefined> {
  for await (const pins of listSnapshotSymbols(context, snapshot, { signal })) {
    yield pins
      .filter(({ symbol }) => symbol.startsWith(prefix))
      .map(({ symbol, entry }) => ({ symbol, newest: entry }));
  }
}

async function metadataOf(
  context: LibraryContext,
  symbol: string,
  entry: VersionEntry,
  options: CallOptions,
): Promise<DocumentValue> {
  if (entry.operation === "delete") return null;
  return (await readVersionRecord(context, symbol, entry, options)).metadata;
}

import type { ByteRange, CallOptions } from "@foretile/storage";
import { Transaction, type TransactionOptions } from "../commit/transaction.ts";
import { findByCommit } from "../head/find-entry.ts";
import { decodeHeadBytes } from "../head/head-record.ts";
import { newestEntry } from "../head/head.ts";
import { entriesNewestFirst } from "../head/history.ts";
import { withHead } from "../head/with-head.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import { readSegment } from "../manifest/read-segment.ts";
import { compositionOf, type CompositionOptions } from "../preset/composition-of.ts";
import type { Version } from "../version/read-version.ts";
import { resolveVersion, type ResolveOptions } from "../version/resolve-version.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { createContext, createParts, type LibraryOptions } from "./create-context.ts";
import { headRanges } from "./keys.ts";
import {
  createConfig,
  DEFAULT_TIMES,
  readConfig,
  type LibraryConfig,
  type LibraryTimes,
} from "./library-config.ts";
import type { LibraryContext } from "./library-context.ts";

export interface CreateLibraryOptions extends LibraryOptions {
  /** What values are stored with. Default: the preset `general`. */
  readonly composition?: CompositionOptions | undefined;
  /** Any of the times that shall not be the default. */
  readonly times?: Partial<LibraryTimes> | undefined;
  /** Blobs may take this many bytes. Default: as many as the store holds. */
  readonly quotaBytes?: number | undefined;
}

export interface OpenLibraryOptions extends LibraryOptions {
  /** Refuse every change. Default `false`. */
  readonly readOnly?: boolean | undefined;
}

export interface ReadSegmentOptions extends CallOptions {
  /** Only this part of the segment. */
  readonly range?: ByteRange | undefined;
}

/** A symbol's newest version, or why its head cannot be read. */
export type SymbolEntry =
  | { readonly symbol: string; readonly newest: VersionEntry }
  | { readonly symbol: undefined; readonly key: string; readonly error: Error };

export interface ListSymbolsOptions extends CallOptions {
  /** Only names that start with this. */
  readonly prefix?: string | undefined;
  /** Deleted symbols too. Default `false`. */
  readonly includeDeleted?: boolean | undefined;
}

/** A set of symbols in one store, each with its versions. Does not own the store: closing that is up to the caller. */
export interface Library {
  readonly config: LibraryConfig;

  /** Starts a change of one symbol. */
  begin(symbol: string, options?: TransactionOptions): Promise<Transaction>;

  /**
   * Resolves one version of a symbol, every document checked.
   *
   * @throws {VersionStoreError} `no-data-found`, `no-such-snapshot`, `data-integrity`, `format-too-new`
   */
  resolve(symbol: string, options?: ResolveOptions): Promise<Version>;

  /**
   * The bytes of a segment, unchecked: what the entry's hash covers is known to its handler.
   *
   * @returns bytes that belong to the caller, as many as asked for
   * @throws {VersionStoreError} `data-integrity` when the segment is missing or has another length
   */
  readSegment(segment: SegmentEntry, options?: ReadSegmentOptions): Promise<Uint8Array>;

  /**
   * All versions of a symbol, newest first, in batches; none for an unknown symbol.
   *
   * @throws {VersionStoreError} `data-integrity` for a damaged head or page
   */
  listVersions(symbol: string, options?: CallOptions): AsyncIterable<readonly VersionEntry[]>;

  /**
   * Every symbol with a value, in batches, ordered by escaped name (names too long for a key last). A damaged head is
   * an entry with its error; it does not end the listing.
   */
  listSymbols(options?: ListSymbolsOptions): AsyncIterable<readonly SymbolEntry[]>;

  /** Whether the commit `commitId` of a symbol happened, and its version is still there. */
  wasCommitted(symbol: string, commitId: string, options?: CallOptions): Promise<boolean>;
}

/**
 * Makes a library in an empty store.
 *
 * @throws {VersionStoreError} `library-exists`; `unsupported-capability` when values could not be stored and read back
 *   as composed; `invalid-argument` for an unknown preset or untested parameters
 */
export async function createLibrary(options: CreateLibraryOptions): Promise<Library> {
  const parts = await createParts(options);
  const config: LibraryConfig = {
    id: parts.ids.nextId(),
    createdAtMs: Math.floor(parts.clock.nowMs()),
    times: { ...DEFAULT_TIMES, ...options.times },
    composition: compositionOf(options.composition),
    quotaBytes: options.quotaBytes,
  };
  // Before anything is stored: refuses what could not be read back.
  const context = createContext(parts, config, false);
  await createConfig(parts.refs, parts.documents, config, options);
  return new StoredLibrary(context);
}

/**
 * Opens the library of a store.
 *
 * @throws {VersionStoreError} `not-a-library`, `format-too-new`, `data-integrity`; `unsupported-capability` when this
 *   build or this store cannot read back what the library's composition writes
 */
export async function openLibrary(options: OpenLibraryOptions): Promise<Library> {
  const parts = await createParts(options);
  const config = await readConfig(parts.refs, parts.documents, options);
  return new StoredLibrary(createContext(parts, config, options.readOnly ?? false));
}

class StoredLibrary implements Library {
  readonly #context: LibraryContext;

  constructor(context: LibraryContext) {
    this.#context = context;
  }

  get config(): LibraryConfig {
    return this.#context.config;
  }

  begin(symbol: string, options?: TransactionOptions): Promise<Transaction> {
    return Transaction.begin(this.#context, symbol, options);
  }

  resolve(symbol: string, options?: ResolveOptions): Promise<Version> {
    return resolveVersion(this.#context, symbol, options);
  }

  readSegment(segment: SegmentEntry, options?: ReadSegmentOptions): Promise<Uint8Array> {
    return readSegment(this.#context, segment, options);
  }

  async *listVersions(
    symbol: string,
    options?: CallOptions,
  ): AsyncGenerator<readonly VersionEntry[], void, undefined> {
    yield* await withHead(
      this.#context,
      symbol,
      async (head) => {
        const batches: (readonly VersionEntry[])[] = [];
        if (head === undefined) return batches;
        for await (const batch of entriesNewestFirst(this.#context, head, options)) {
          batches.push(batch);
        }
        return batches;
      },
      options,
    );
  }

  async *listSymbols(
    options: ListSymbolsOptions = {},
  ): AsyncGenerator<readonly SymbolEntry[], void, undefined> {
    const { prefix = "", includeDeleted = false, signal } = options;
    for (const range of headRanges(prefix)) {
      for await (const refs of this.#context.refs.list(range, { signal })) {
        const entries = refs.flatMap(({ key, value }): SymbolEntry[] => {
          try {
            const head = decodeHeadBytes(this.#context, value, key);
            const newest = newestEntry(head);
            if (newest === undefined || !head.symbol.startsWith(prefix)) return [];
            if (newest.operation === "delete" && !includeDeleted) return [];
            return [{ symbol: head.symbol, newest }];
          } catch (error) {
            return [{ symbol: undefined, key, error: error as Error }];
          }
        });
        if (entries.length > 0) yield entries;
      }
    }
  }

  async wasCommitted(symbol: string, commitId: string, options?: CallOptions): Promise<boolean> {
    return withHead(
      this.#context,
      symbol,
      async (head) =>
        head !== undefined &&
        (await findByCommit(this.#context, head, commitId, options)) !== undefined,
      options,
    );
  }
}

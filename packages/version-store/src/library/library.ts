import type { DocumentCodec } from "@foretile/codecs/msgpack";
import { createDocumentCodec } from "@foretile/codecs/msgpack";
import type { Clock, IdSource, Random } from "@foretile/resilience";
import { createIdSource } from "@foretile/resilience";
import { systemClock, systemRandom } from "@foretile/resilience/system";
import type { ByteRange, CallOptions, Store } from "@foretile/storage";
import { Transaction } from "../commit/transaction.ts";
import { decodeHeadBytes, readHead } from "../head/head-record.ts";
import { newestEntry } from "../head/head.ts";
import { entriesNewestFirst, findEntry } from "../head/history.ts";
import { segmentEntryKey, type SegmentEntry } from "../manifest/manifest.ts";
import { readVersion, type Version } from "../version/read-version.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { headKey, headRanges } from "./keys.ts";
import { createConfig, readConfig, type LibraryConfig } from "./library-config.ts";
import type { LibraryContext } from "./library-context.ts";

export interface LibraryOptions extends CallOptions {
  readonly store: Pick<Store, "blobs" | "refs">;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Default: the platform's strong randomness. */
  readonly random?: Random | undefined;
  /** Default: ids from `clock` and `random`. */
  readonly ids?: IdSource | undefined;
}

/** Which version to read: a number, or the newest when there is none. */
export interface ReadVersionOptions extends CallOptions {
  readonly version?: number | undefined;
}

export interface ReadSegmentOptions extends CallOptions {
  /** Only this part of the segment. */
  readonly range?: ByteRange | undefined;
}

/** A symbol's newest version, or why its head cannot be read. */
export type SymbolEntry =
  | { readonly symbol: string; readonly newest: VersionEntry }
  | { readonly symbol: undefined; readonly key: string; readonly error: Error };

/** A set of symbols in one store, each with its versions. Does not own the store: closing that is up to the caller. */
export interface Library {
  readonly config: LibraryConfig;

  /** Starts a change of one symbol. */
  begin(symbol: string, options?: CallOptions): Promise<Transaction>;

  /**
   * Resolves one version of a symbol, every document checked.
   *
   * @throws {VersionStoreError} `no-data-found`, `data-integrity`, `format-too-new`
   */
  read(symbol: string, options?: ReadVersionOptions): Promise<Version>;

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
   * Every symbol whose name starts with `prefix` (default: all), in batches, ordered by escaped name (names too long
   * for a key last). A damaged head is an entry with its error; it does not end the listing.
   */
  listSymbols(
    options?: CallOptions & { readonly prefix?: string | undefined },
  ): AsyncIterable<readonly SymbolEntry[]>;

  /** Whether the commit `commitId`, which would have made `version`, happened. */
  wasCommitted(
    symbol: string,
    version: number,
    commitId: string,
    options?: CallOptions,
  ): Promise<boolean>;
}

/**
 * Makes a library in an empty store.
 *
 * @throws {VersionStoreError} `library-exists`
 */
export async function createLibrary(options: LibraryOptions): Promise<Library> {
  const context = await createContext(options);
  return new StoredLibrary(context, await createConfig(context, options));
}

/**
 * Opens the library of a store.
 *
 * @throws {VersionStoreError} `not-a-library`, `format-too-new`, `data-integrity`
 */
export async function openLibrary(options: LibraryOptions): Promise<Library> {
  const context = await createContext(options);
  return new StoredLibrary(context, await readConfig(context, options));
}

async function createContext(options: LibraryOptions): Promise<LibraryContext> {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const documents: DocumentCodec = await createDocumentCodec();
  const { blobs, refs } = options.store;
  return {
    blobs,
    refs,
    documents,
    clock,
    random,
    ids: options.ids ?? createIdSource(clock, random),
  };
}

class StoredLibrary implements Library {
  readonly config: LibraryConfig;
  readonly #context: LibraryContext;

  constructor(context: LibraryContext, config: LibraryConfig) {
    this.#context = context;
    this.config = config;
  }

  begin(symbol: string, options?: CallOptions): Promise<Transaction> {
    return Transaction.begin(this.#context, symbol, options);
  }

  async read(symbol: string, options?: ReadVersionOptions): Promise<Version> {
    const state = await readHead(this.#context, await headKey(symbol), symbol, options);
    const version = options?.version;
    const entry =
      state &&
      (version === undefined
        ? newestEntry(state.head)
        : await findEntry(this.#context, state.head, version, options));
    if (entry === undefined) {
      throw new VersionStoreError(
        "no-data-found",
        version === undefined
          ? `symbol has no version symbol=${symbol}`
          : `symbol has no such version symbol=${symbol} version=${version}`,
        { details: { symbol, version } },
      );
    }
    return readVersion(this.#context, symbol, entry, options);
  }

  async readSegment(segment: SegmentEntry, options?: ReadSegmentOptions): Promise<Uint8Array> {
    const key = segmentEntryKey(segment);
    const bytes = await this.#context.blobs.get(key, options);
    const wanted = options?.range?.length ?? segment.length;
    if (bytes?.length !== wanted) {
      throw new VersionStoreError(
        "data-integrity",
        bytes === undefined
          ? `segment is missing key=${key}`
          : `segment has another length key=${key} wanted=${wanted} found=${bytes.length}`,
        { details: { key } },
      );
    }
    return bytes;
  }

  async *listVersions(
    symbol: string,
    options?: CallOptions,
  ): AsyncGenerator<readonly VersionEntry[], void, undefined> {
    const state = await readHead(this.#context, await headKey(symbol), symbol, options);
    if (state !== undefined) yield* entriesNewestFirst(this.#context, state.head, options);
  }

  async *listSymbols(
    options: CallOptions & { readonly prefix?: string | undefined } = {},
  ): AsyncGenerator<readonly SymbolEntry[], void, undefined> {
    const prefix = options.prefix ?? "";
    for (const range of headRanges(prefix)) {
      for await (const refs of this.#context.refs.list(range, { signal: options.signal })) {
        const entries = refs
          .map(({ key, value }): SymbolEntry => {
            try {
              const head = decodeHeadBytes(this.#context, value, key);
              return { symbol: head.symbol, newest: newestEntry(head) };
            } catch (error) {
              return { symbol: undefined, key, error: error as Error };
            }
          })
          .filter((entry) => entry.symbol === undefined || entry.symbol.startsWith(prefix));
        if (entries.length > 0) yield entries;
      }
    }
  }

  async wasCommitted(
    symbol: string,
    version: number,
    commitId: string,
    options?: CallOptions,
  ): Promise<boolean> {
    const state = await readHead(this.#context, await headKey(symbol), symbol, options);
    if (state === undefined) return false;
    const entry = await findEntry(this.#context, state.head, version, options);
    return entry?.commitId === commitId;
  }
}

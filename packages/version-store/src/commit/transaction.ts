import type { DocumentValue } from "@foretile/codecs/msgpack";
import { retryAdvice } from "@foretile/resilience";
import type { CallOptions, Key, RefToken } from "@foretile/storage";
import { writeDocument } from "../document/blob-documents.ts";
import { contentHash, equalBytes } from "../document/content-hash.ts";
import { MANIFEST_KIND, VERSION_KIND } from "../document/document-kind.ts";
import { readHead, type HeadState } from "../head/head-record.ts";
import { newestEntry, type Head } from "../head/head.ts";
import { appendEntry } from "../head/history.ts";
import { headKey, historyPageKey, manifestKey, versionKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import {
  encodeManifest,
  segmentEntryKey,
  type Manifest,
  type SegmentEntry,
} from "../manifest/manifest.ts";
import { encodeVersionDocument } from "../version/version-document.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { readVersion, type Version } from "../version/read-version.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { deleteIntent, writeIntent } from "./intent.ts";
import { publishHead } from "./publish-head.ts";

/** A commit is tried on a newer head at most this often before it is given up. */
const MAX_COMMIT_ATTEMPTS = 10;

/** The longest pause between two attempts; each is drawn from [0, min(limit, 10 · 2^n)) after n lost races. */
const MAX_PAUSE_MS = 1000;

/** What a commit publishes. */
export interface VersionContent {
  readonly manifest: Manifest;
  /**
   * What the version contains, as bytes that are equal exactly when the contents are: its SHA-256 is the version's
   * content hash. Must not depend on keys, times or codecs.
   */
  readonly identity: Uint8Array;
  /** Bytes before encoding. */
  readonly rawBytes: number;
}

export interface CommitResult {
  readonly version: number;
  /** 32 bytes. */
  readonly contentHash: Uint8Array;
  /** `false` when the newest version contained the same already; nothing was published then. */
  readonly changed: boolean;
  /** Bytes of all segments of the version. */
  readonly storedBytes: number;
  /** Why blobs or the intent of this transaction could not be removed; harmless garbage for a later collection. */
  readonly cleanupError?: Error;
}

/**
 * One change of one symbol: segments are stored under keys of this transaction while it runs, and become visible
 * together when its commit changes the head. Until then nobody can see or refer to them.
 */
export class Transaction implements AsyncDisposable {
  readonly id: string;
  readonly symbol: string;
  readonly #context: LibraryContext;
  readonly #headKey: Key;
  /** Every blob this transaction may have stored. */
  readonly #ownKeys = new Set<Key>();
  #nextOrdinal = 0;
  #nextAttempt = 0;
  /** `unsettled` while a compare-and-set may or may not have published: nothing may be deleted then. */
  #state: "open" | "committing" | "unsettled" | "closed" = "open";
  #commit: Promise<CommitResult> | undefined;

  private constructor(context: LibraryContext, id: string, symbol: string, key: Key) {
    this.#context = context;
    this.id = id;
    this.symbol = symbol;
    this.#headKey = key;
  }

  /** Whether it still takes segments and a commit: not while one is under way, nor once it was settled or given up. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Starts a transaction: its intent is stored when this resolves. */
  static async begin(
    context: LibraryContext,
    symbol: string,
    options?: CallOptions,
  ): Promise<Transaction> {
    const key = await headKey(symbol);
    const id = context.ids.nextId();
    await writeIntent(context, id, symbol, options);
    return new Transaction(context, id, symbol, key);
  }

  /**
   * Stores one segment. Calls may overlap; the caller bounds how many.
   *
   * @param bytes only read until the promise settles
   * @param hash 16 bytes by which readers will know these bytes
   */
  async putSegment(
    bytes: Uint8Array,
    hash: Uint8Array,
    options?: CallOptions,
  ): Promise<SegmentEntry> {
    this.#mustBeOpen();
    const entry: SegmentEntry = {
      transactionId: this.id,
      ordinal: this.#nextOrdinal,
      length: bytes.length,
      hash: hash.slice(),
    };
    this.#nextOrdinal += 1;
    await this.#context.blobs.putNew(this.#own(segmentEntryKey(entry)), bytes, options);
    return entry;
  }

  /** The newest version as it is now, for building on; `undefined` before the first. */
  async base(options?: CallOptions): Promise<Version | undefined> {
    this.#mustBeOpen();
    const state = await readHead(this.#context, this.#headKey, this.symbol, options);
    return state && readVersion(this.#context, this.symbol, newestEntry(state.head), options);
  }

  /**
   * Publishes what `build` makes of the newest version. When others publish first, `build` is called again with
   * theirs, and must give content that contains both.
   *
   * Content equal to the newest version's publishes nothing. When this resolves the transaction is closed. When it fails
   * and the transaction is still open, nothing was published and it may be called again.
   *
   * @throws {VersionStoreError} `concurrent-modification` after too many lost races, `commit-outcome-unknown` when
   *   the store never answered: everything is left in place then, and {@link Library.wasCommitted} can tell later
   */
  async commit(
    build: (base: Version | undefined) => VersionContent | Promise<VersionContent>,
    options?: CallOptions,
  ): Promise<CommitResult> {
    this.#mustBeOpen();
    this.#state = "committing";
    this.#commit = this.#publish(build, options);
    return this.#commit;
  }

  /**
   * Gives the transaction up and deletes what it stored. Waits for a commit under way. Does nothing once the
   * transaction is closed, nor when it is unknown whether its commit happened.
   */
  async abandon(): Promise<void> {
    await Promise.allSettled([this.#commit]);
    if (this.#state !== "open") return;
    this.#state = "closed";
    await this.#cleanUp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abandon();
  }

  async #publish(
    build: (base: Version | undefined) => VersionContent | Promise<VersionContent>,
    options?: CallOptions,
  ): Promise<CommitResult> {
    try {
      return await this.#tryToPublish(build, options);
    } finally {
      if (this.#state === "committing") this.#state = "open";
    }
  }

  async #tryToPublish(
    build: (base: Version | undefined) => VersionContent | Promise<VersionContent>,
    options?: CallOptions,
  ): Promise<CommitResult> {
    const context = this.#context;
    for (let lostRaces = 0; lostRaces < MAX_COMMIT_ATTEMPTS; lostRaces += 1) {
      if (lostRaces > 0) await this.#pause(lostRaces, options);
      // Counted over all commits of the transaction: no two attempts use one key.
      const attempt = this.#nextAttempt;
      this.#nextAttempt += 1;
      const state = await readHead(context, this.#headKey, this.symbol, options);
      const base =
        state && (await readVersion(context, this.symbol, newestEntry(state.head), options));
      const content = await build(base);
      const hash = await contentHash(content.identity);
      if (base !== undefined && equalBytes(hash, base.contentHash)) {
        const { version, storedBytes } = base;
        return this.#finish({ version, contentHash: hash, changed: false, storedBytes }, []);
      }
      const entry = await this.#writeVersion(attempt, state, content, hash, options);
      const pageKey = this.#own(historyPageKey(this.id, attempt));
      const lists = await appendEntry(context, state?.head, entry, pageKey, options);
      const head = { symbol: this.symbol, changeId: context.ids.nextId(), ...lists };
      if (await this.#publishHead(state?.token, head, entry.commitId, options)) {
        const { version, storedBytes } = entry;
        return this.#finish({ version, contentHash: hash, changed: true, storedBytes }, [
          ...content.manifest.segments.map(segmentEntryKey),
          manifestKey(this.id, attempt),
          versionKey(this.id, attempt),
          pageKey,
        ]);
      }
    }
    throw new VersionStoreError(
      "concurrent-modification",
      `others kept changing the symbol symbol=${this.symbol} attempts=${MAX_COMMIT_ATTEMPTS}`,
      { retry: "safe", details: { symbol: this.symbol } },
    );
  }

  /** Leaves the transaction unsettled unless it is sure what happened. */
  async #publishHead(
    expected: RefToken | undefined,
    head: Head,
    commitId: string,
    options?: CallOptions,
  ): Promise<boolean> {
    this.#state = "unsettled";
    try {
      const key = this.#headKey;
      const published = await publishHead(this.#context, key, expected, head, commitId, options);
      this.#state = "committing";
      return published;
    } catch (error) {
      if (retryAdvice(error) === "never") this.#state = "committing";
      throw error;
    }
  }

  async #writeVersion(
    attempt: number,
    state: HeadState | undefined,
    content: VersionContent,
    hash: Uint8Array,
    options?: CallOptions,
  ): Promise<VersionEntry> {
    const { blobs, clock, documents, ids } = this.#context;
    const newest = state && newestEntry(state.head);
    const manifest = await writeDocument(
      blobs,
      documents,
      MANIFEST_KIND,
      this.#own(manifestKey(this.id, attempt)),
      encodeManifest(content.manifest),
      options,
    );
    const facts = {
      version: (newest?.version ?? 0) + 1,
      commitId: ids.nextId(),
      committedAtMs: Math.max(Math.floor(clock.nowMs()), (newest?.committedAtMs ?? 0) + 1),
      contentHash: hash,
    };
    const value: DocumentValue = encodeVersionDocument({
      ...facts,
      symbol: this.symbol,
      transactionId: this.id,
      baseVersion: newest?.version ?? 0,
      manifest,
    });
    const key = this.#own(versionKey(this.id, attempt));
    const document = await writeDocument(blobs, documents, VERSION_KIND, key, value, options);
    const storedBytes = content.manifest.segments.reduce((sum, s) => sum + s.length, 0);
    return { ...facts, rawBytes: content.rawBytes, storedBytes, document };
  }

  async #pause(lostRaces: number, options?: CallOptions): Promise<void> {
    const { clock, random } = this.#context;
    const limit = Math.min(MAX_PAUSE_MS, 10 * 2 ** lostRaces);
    await clock.sleep((random.nextUint32() / 2 ** 32) * limit, options?.signal);
  }

  /** Closes after a commit. A failure to clean up must not look like a failure to commit. */
  async #finish(result: CommitResult, kept: readonly Key[]): Promise<CommitResult> {
    this.#state = "closed";
    for (const key of kept) this.#ownKeys.delete(key);
    try {
      await this.#cleanUp();
      return result;
    } catch (error) {
      return { ...result, cleanupError: error as Error };
    }
  }

  /** Deletes every own blob that is left, then the intent that named this transaction as their owner. */
  async #cleanUp(): Promise<void> {
    await this.#context.blobs.deleteMany([...this.#ownKeys]);
    await deleteIntent(this.#context, this.id);
  }

  /** Notes a key before its upload: a failed call may still have stored the bytes. */
  #own(key: Key): Key {
    this.#ownKeys.add(key);
    return key;
  }

  #mustBeOpen(): void {
    if (this.#state !== "open") {
      throw new VersionStoreError(
        "transaction-closed",
        `transaction was committed or abandoned before transaction=${this.id}`,
      );
    }
  }
}

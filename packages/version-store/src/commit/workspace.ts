import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions, Key, RefToken } from "@foretile/storage";
import { sealDocument, type DocumentPointer } from "../document/blob-documents.ts";
import type { DocumentKind } from "../document/document-kind.ts";
import { ensureWritable } from "../library/ensure-writable.ts";
import { documentKey, parseBlobKey, type DocumentArea } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import { deleteCellLists } from "../placement/delete-cells.ts";
import { createSegmentSink } from "../placement/create-segment-sink.ts";
import type { NewSegment, SegmentSink } from "../placement/segment-sink.ts";
import { VersionStoreError } from "../version-store-error.ts";
import {
  deleteIntent,
  readIntent,
  replaceIntent,
  writeIntent,
  type IntentKind,
  type IntentState,
} from "./intent.ts";

/** A transaction that has run for this part of its lifetime asks for a new one with its next upload. */
const RENEW_AFTER = 0.5;

export interface WorkspaceOptions extends CallOptions {
  readonly kind: IntentKind;
  readonly symbols: readonly string[];
  readonly snapshot?: string | undefined;
  readonly lifetimeMs: number;
}

/**
 * Where one transaction works: an id that all its blobs carry in their keys, and an intent that says it runs.
 *
 * Every key is used once, so uploads need no condition, and what a crash leaves behind names its owner.
 */
export class Workspace {
  readonly id: string;
  readonly kind: IntentKind;
  readonly #context: LibraryContext;
  readonly #lifetimeMs: number;
  /** Every blob it may have stored. */
  readonly #ownKeys = new Set<Key>();
  readonly #segments: SegmentSink;
  #attemptKeys: Key[] = [];
  #nextDocument = 0;
  #startedAtMs: number;
  #startedMonotonicMs: number;
  #renewal: Promise<void> | undefined;
  /** Of the intent as it was first stored. */
  #firstToken: RefToken | undefined;
  #firstStartedAtMs = 0;

  private constructor(context: LibraryContext, kind: IntentKind, lifetimeMs: number) {
    this.#context = context;
    this.id = context.ids.nextId();
    this.kind = kind;
    this.#lifetimeMs = lifetimeMs;
    this.#segments = createSegmentSink(context, {
      transactionId: this.id,
      own: (key) => void this.#ownKeys.add(key),
      renewWhenDue: () => this.renewWhenDue(),
    });
    this.#startedAtMs = context.clock.nowMs();
    this.#startedMonotonicMs = context.clock.monotonicMs();
  }

  /**
   * Opens a workspace: its intent is stored when this resolves.
   *
   * @throws {VersionStoreError} `read-only-library`
   */
  static async open(
    context: LibraryContext,
    { kind, symbols, snapshot, lifetimeMs, signal }: WorkspaceOptions,
  ): Promise<Workspace> {
    ensureWritable(context);
    const workspace = new Workspace(context, kind, lifetimeMs);
    const startedAtMs = Math.floor(workspace.#startedAtMs);
    workspace.#firstStartedAtMs = startedAtMs;
    workspace.#firstToken = await writeIntent(
      context,
      {
        transactionId: workspace.id,
        kind,
        symbols,
        snapshot,
        startedAtMs,
        lifetimeMs,
        state: "running",
      },
      { signal },
    );
    return workspace;
  }

  /**
   * Takes one segment, to be stored by the time {@link flush} resolves. Calls may overlap; the caller bounds how many.
   *
   * @param segment only read until the promise settles
   */
  putSegment(segment: NewSegment, options?: CallOptions): Promise<SegmentEntry> {
    return this.#segments.put(segment, options);
  }

  /** Like {@link putSegment}, but the entry is there at once: what points at it may be made meanwhile. */
  startSegment(
    segment: NewSegment,
    options?: CallOptions,
  ): { readonly entry: SegmentEntry; readonly stored: Promise<void> } {
    return this.#segments.start(segment, options);
  }

  /**
   * Stores all segments that were taken. May be called again after a failure.
   *
   * @throws why one of them cannot be stored
   */
  flush(): Promise<void> {
    return this.#segments.flush();
  }

  /** Stores a document under a fresh key of an area. */
  async putDocument(
    area: DocumentArea,
    kind: DocumentKind,
    value: DocumentValue,
    options?: CallOptions,
  ): Promise<DocumentPointer> {
    const { pointer, stored } = this.startDocument(area, kind, value, options);
    await stored;
    return pointer;
  }

  /**
   * Like {@link putDocument}, but the pointer is there at once: what points at it may be made meanwhile.
   *
   * @param options.version of the document's format. Default 1
   */
  startDocument(
    area: DocumentArea,
    kind: DocumentKind,
    value: DocumentValue,
    { version, ...options }: CallOptions & { readonly version?: number | undefined } = {},
  ): { readonly pointer: DocumentPointer; readonly stored: Promise<void> } {
    const key = this.#own(documentKey(area, this.id, this.#nextDocument));
    this.#nextDocument += 1;
    const { pointer, bytes } = sealDocument(this.#context.documents, kind, key, value, version);
    this.#attemptKeys.push(key);
    return { pointer, stored: this.#context.blobs.putNew(key, bytes, options) };
  }

  /** Forgets the documents of an earlier attempt: {@link attemptKeys} starts anew. */
  startAttempt(): void {
    this.#attemptKeys = [];
  }

  /**
   * Gives up the documents of this attempt without deleting them: it is not known whether something published points at
   * them. A collector finds out.
   */
  disownAttempt(): void {
    for (const key of this.#attemptKeys) this.#ownKeys.delete(key);
    this.#attemptKeys = [];
  }

  /** Keys of the documents of this attempt. */
  get attemptKeys(): readonly Key[] {
    return this.#attemptKeys;
  }

  /**
   * Makes sure that nobody gave this transaction up. To be asked after the head was read and before it is changed:
   * whoever gives a transaction up says so in its intent and then touches the head, so that either this call fails or
   * the change does.
   *
   * @throws {VersionStoreError} `transaction-expired`
   */
  async ensureRunning(options?: CallOptions): Promise<void> {
    if (this.#elapsedMs() > this.#lifetimeMs) throw this.#expired();
    await this.#readRunning(options);
  }

  /**
   * Starts the lifetime anew when half of it is over. Takes no signal, since calls that overlap share one renewal.
   *
   * @throws {VersionStoreError} `transaction-expired`
   */
  async renewWhenDue(): Promise<void> {
    if (this.#elapsedMs() <= this.#lifetimeMs * RENEW_AFTER) return;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    await this.#renewal;
  }

  /**
   * Deletes every own blob that is not in `kept`, then the intent. Waits for uploads under way.
   *
   * @param kept keys that something published points at
   */
  async close(kept: Iterable<Key>): Promise<void> {
    await this.#segments.settle();
    for (const key of kept) this.#ownKeys.delete(key);
    const { lists = [], others = [] } = Object.groupBy(this.#ownKeys, (key) =>
      parseBlobKey(key)?.area === "c" ? "lists" : "others",
    );
    await deleteCellLists(this.#context, lists);
    if (others.length > 0) await this.#context.blobs.deleteMany(others);
    await deleteIntent(this.#context, this.id, undefined, this.#firstToken);
  }

  async #renew(): Promise<void> {
    const { clock } = this.#context;
    for (;;) {
      if (this.#elapsedMs() > this.#lifetimeMs) throw this.#expired();
      const state = await this.#readRunning();
      const startedMonotonicMs = clock.monotonicMs();
      const startedAtMs = clock.nowMs();
      // Never what the first intent says: see readRunning.
      const change = { startedAtMs: Math.max(Math.floor(startedAtMs), this.#firstStartedAtMs + 1) };
      const token = await replaceIntent(this.#context, state, change);
      // Somebody gave it up, or a late copy of an earlier renewal came in between: the next look tells.
      if (token === undefined) continue;
      this.#startedAtMs = startedAtMs;
      this.#startedMonotonicMs = startedMonotonicMs;
      return;
    }
  }

  /** @throws {VersionStoreError} `transaction-expired` unless the intent says that the transaction runs */
  async #readRunning(options?: CallOptions): Promise<IntentState> {
    const state = await readIntent(this.#context, this.id, options);
    if (state?.intent.state !== "running") throw this.#expired();
    // A late copy of the first request stores the first intent once more, after a collector gave the transaction up
    // and deleted it. It shows in the token, which never comes back.
    const isFirst = state.intent.startedAtMs === this.#firstStartedAtMs;
    if (isFirst && state.token !== this.#firstToken) throw this.#expired();
    return state;
  }

  /** The larger of both clocks: the monotonic one stands still while a machine sleeps. */
  #elapsedMs(): number {
    const { clock } = this.#context;
    return Math.max(
      clock.nowMs() - this.#startedAtMs,
      clock.monotonicMs() - this.#startedMonotonicMs,
    );
  }

  #expired(): VersionStoreError {
    return new VersionStoreError(
      "transaction-expired",
      `transaction took too long and was given up; start again transaction=${this.id} lifetime_ms=${this.#lifetimeMs}`,
      { details: { transaction: this.id } },
    );
  }

  /** Notes a key before its upload: a failed call may still have stored the bytes. */
  #own(key: Key): Key {
    this.#ownKeys.add(key);
    return key;
  }
}

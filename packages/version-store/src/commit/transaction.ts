import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import { readHead } from "../head/head-record.ts";
import { newestLiveEntry } from "../head/head.ts";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { segmentOwnerKey, type SegmentEntry } from "../manifest/manifest.ts";
import type { CellAddress } from "../placement/segment-location.ts";
import { readVersion, type Version } from "../version/read-version.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";
import type { CommitBase } from "./commit-base.ts";
import { checkCommitOptions, type CommitOptions } from "./commit-options.ts";
import { headMoved } from "./head-moved.ts";
import type { IntentKind } from "./intent.ts";
import { MAX_LOST_RACES } from "./lost-race.ts";
import type { CommitResult } from "./queued-commit.ts";
import type { VersionContent } from "./version-content.ts";
import { Workspace } from "./workspace.ts";

export interface TransactionOptions extends CallOptions {
  /** Default `commit`. */
  readonly kind?: IntentKind | undefined;
}

export interface PutSegmentOptions extends CallOptions {
  /** The handler's own words about the segment, kept in the manifest. Default `null`. */
  readonly facts?: DocumentValue | undefined;
  /**
   * Where the segment goes in a library whose placement is `cells`; the others do not look at it. Default: it is no
   * cell anywhere.
   */
  readonly cell?: CellAddress | undefined;
}

/**
 * One change of one symbol: segments are stored under keys of this transaction while it runs, and become visible
 * together when its commit changes the head. Until then nobody can see or refer to them.
 */
export class Transaction implements AsyncDisposable {
  readonly symbol: string;
  readonly #context: LibraryContext;
  readonly #workspace: Workspace;
  readonly #adopted = new Set<string>();
  #reliedOn: Version | undefined;
  /** `unsettled` while a compare-and-set may or may not have published: nothing may be deleted then. */
  #state: "open" | "committing" | "unsettled" | "closed" = "open";
  #commit: Promise<CommitResult> | undefined;

  private constructor(context: LibraryContext, symbol: string, workspace: Workspace) {
    this.#context = context;
    this.symbol = symbol;
    this.#workspace = workspace;
  }

  /** Starts a transaction: its intent is stored when this resolves. */
  static async begin(
    context: LibraryContext,
    symbol: string,
    { kind = "commit", signal }: TransactionOptions = {},
  ): Promise<Transaction> {
    headKey(symbol);
    const workspace = await Workspace.open(context, {
      kind,
      symbols: [symbol],
      lifetimeMs: context.config.times.transactionLifetimeMs,
      signal,
    });
    return new Transaction(context, symbol, workspace);
  }

  get id(): string {
    return this.#workspace.id;
  }

  /** Whether it still takes segments and a commit: not while one is under way, nor once it was settled or given up. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /**
   * Takes one segment, before the commit or from within its `build`. It is stored when the commit publishes it; with
   * packs and cells possibly no earlier, so that a failure to store it may come to light in a later call, in
   * {@link flush} or in the commit. Calls may overlap; the caller bounds how many.
   *
   * @param bytes only read until the promise settles
   * @param hash 16 bytes by which readers will know these bytes
   * @throws {VersionStoreError} `transaction-closed`, `transaction-expired`
   */
  async putSegment(
    bytes: Uint8Array,
    hash: Uint8Array,
    { facts = null, cell, signal }: PutSegmentOptions = {},
  ): Promise<SegmentEntry> {
    if (this.#state !== "open" && this.#state !== "committing") throw this.#closed();
    return this.#workspace.putSegment({ bytes, hash, facts, cell }, { signal });
  }

  /**
   * Stores all segments that were taken, so that they can be read back before the commit.
   *
   * @throws why one of them cannot be stored; may be called again
   */
  async flush(): Promise<void> {
    if (this.#state !== "open" && this.#state !== "committing") throw this.#closed();
    await this.#workspace.flush();
  }

  /**
   * Like {@link putSegment} from within a commit's `build`, but does not wait: content that has `stored` among its
   * `uploads` may name the segment at once.
   */
  startSegment(
    bytes: Uint8Array,
    hash: Uint8Array,
    { facts = null, signal }: Omit<PutSegmentOptions, "cell"> = {},
  ): { readonly entry: SegmentEntry; readonly stored: Promise<void> } {
    if (this.#state !== "committing") throw this.#closed();
    return this.#workspace.startSegment({ bytes, hash, facts }, { signal });
  }

  /**
   * The newest version as it is now; `undefined` when there is none. Its segments may be part of what this transaction
   * commits; should it be removed meanwhile, the commit fails with `concurrent-modification`.
   */
  async base(options?: CallOptions): Promise<Version | undefined> {
    this.#mustBeOpen();
    for (let lostRaces = 0; ; lostRaces += 1) {
      const state = await readHead(this.#context, headKey(this.symbol), this.symbol, options);
      const entry = state && newestLiveEntry(state.head);
      try {
        this.#reliedOn = entry && (await readVersion(this.#context, this.symbol, entry, options));
        return this.#reliedOn;
      } catch (error) {
        const mayBeCollected =
          isVersionStoreError(error, "data-integrity") && lostRaces < MAX_LOST_RACES;
        if (!mayBeCollected || !(await headMoved(this.#context, this.symbol, state, options)))
          throw error;
      }
    }
  }

  /** Lets the commit use segments of a staged transaction, as long as that one's intent says it runs. */
  adopt(stagedTransactionId: string): void {
    this.#mustBeOpen();
    this.#adopted.add(stagedTransactionId);
  }

  /**
   * Publishes what `build` makes of the newest version. When others publish first, `build` is called again with
   * theirs, and must give content that contains both. Commits of one library to one symbol take turns, so `build` must
   * not wait for another one.
   *
   * When this resolves the transaction is closed. When it fails and the transaction is still open, nothing was
   * published and it may be called again. The signal ends waiting; once publishing began, its outcome is awaited.
   *
   * @throws {VersionStoreError} `concurrent-modification` when `expectedVersion` is not the newest or after too many
   *   lost races, `transaction-expired`, `commit-outcome-unknown` when the store never answered: everything is left in
   *   place then, and `wasCommitted` can tell later
   */
  commit(
    build: (base: CommitBase) => VersionContent | Promise<VersionContent>,
    options: CommitOptions = {},
  ): Promise<CommitResult> {
    const commit = this.#begin(build, options);
    // A scope that is left with the commit under way waits in `abandon`, and hands the promise on only then: its failure
    // must not count as unhandled meanwhile.
    commit.catch(() => undefined);
    return commit;
  }

  /**
   * Gives the transaction up and deletes what it stored. Waits for a commit under way. Does nothing once the
   * transaction is closed, nor when it is unknown whether its commit happened.
   */
  async abandon(): Promise<void> {
    await Promise.allSettled([this.#commit]);
    if (this.#state !== "open") return;
    this.#state = "closed";
    await this.#workspace.close([]);
  }

  /**
   * Like {@link abandon}, but what cannot be deleted is left to a later collection without a word: an error here would
   * hide the one that made the caller give up.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([this.abandon()]);
  }

  async #begin(
    build: (base: CommitBase) => VersionContent | Promise<VersionContent>,
    options: CommitOptions,
  ): Promise<CommitResult> {
    this.#mustBeOpen();
    checkCommitOptions(options);
    this.#state = "committing";
    this.#commit = this.#publish(build, options);
    return this.#commit;
  }

  async #publish(
    build: (base: CommitBase) => VersionContent | Promise<VersionContent>,
    options: CommitOptions,
  ): Promise<CommitResult> {
    let segments: readonly SegmentEntry[] = [];
    const outcome = await this.#context.queues.submit(this.#context, this.symbol, {
      workspace: this.#workspace,
      options,
      build: async (base) => {
        const content = await build(base);
        segments = "manifest" in content ? content.manifest.segments : [];
        return content;
      },
      adopted: () => [...this.#adopted],
      reliedOn: () => this.#reliedOn,
    });
    if ("error" in outcome) {
      this.#state = outcome.unsettled ? "unsettled" : "open";
      throw outcome.error;
    }
    this.#state = "closed";
    const kept = outcome.result.changed
      ? [...segments.map(segmentOwnerKey), ...this.#workspace.attemptKeys]
      : [];
    // A failure to clean up must not look like a failure to commit.
    try {
      await this.#workspace.close(kept);
      return outcome.result;
    } catch (error) {
      return { ...outcome.result, cleanupError: error as Error };
    }
  }

  #mustBeOpen(): void {
    if (this.#state !== "open") throw this.#closed();
  }

  #closed(): VersionStoreError {
    return new VersionStoreError(
      "transaction-closed",
      `transaction was committed or abandoned before transaction=${this.id}`,
    );
  }
}

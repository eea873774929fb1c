import { encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import { CONTENT_HASH_BYTES, equalBytes } from "../document/content-hash.ts";
import { VERSION_KIND } from "../document/document-kind.ts";
import { sha256 } from "../document/sha256.ts";
import type { HeadState } from "../head/head-record.ts";
import type { Head } from "../head/head.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { LoadedManifest } from "../manifest/read-manifest.ts";
import { startManifest, type StartedManifest } from "../manifest/write-manifest.ts";
import { versionOfManifest } from "../manifest/stored-manifest.ts";
import { encodeVersionDocument } from "../version/version-document.ts";
import type { VersionRecord } from "../version/read-version.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { checkReused } from "./check-reused.ts";
import { checkShared } from "./check-shared.ts";
import { PendingSymbol, type CommitBase } from "./commit-base.ts";
import { pageWriters } from "./page-writers.ts";
import type { CommitResult, QueuedCommit } from "./queued-commit.ts";
import type { RepeatedContent, VersionContent } from "./version-content.ts";

/** One try to publish the commits of a group on one state of the head. */
export class GroupAttempt {
  readonly #context: LibraryContext;
  readonly #symbol: string;
  readonly #pending: PendingSymbol;
  readonly #uploads = new Map<QueuedCommit, Promise<void>[]>();
  /** The first that made a version: pages of history are stored in its name. */
  #leader: QueuedCommit | undefined;

  constructor(context: LibraryContext, symbol: string, state: HeadState | undefined) {
    this.#context = context;
    this.#symbol = symbol;
    this.#pending = new PendingSymbol(context, symbol, state?.head);
  }

  /** Whether there is anything to publish. */
  get isEmpty(): boolean {
    return this.#leader === undefined;
  }

  /**
   * Builds one commit after those added before. Nothing is visible yet.
   *
   * @param more whether another commit of the group follows
   */
  async add(commit: QueuedCommit, more: boolean): Promise<CommitResult> {
    commit.workspace.startAttempt();
    const settled = async (): Promise<void> => void (await this.failedUploads());
    const base = { ...this.#pending.base(more), settled };
    const repeated = await this.#findRepeated(commit, base);
    if (repeated !== undefined) return resultOf(repeated, false);
    checkExpected(commit, this.#symbol, base);
    const content = await commit.build(base);
    const unchanged = await this.#unchanged(commit, content, base);
    return unchanged ?? this.#addVersion(commit, content, base);
  }

  /**
   * Waits until no upload runs any more.
   *
   * @returns the commits whose documents could not all be stored, and why
   */
  async failedUploads(): Promise<ReadonlyMap<QueuedCommit, unknown>> {
    const failed = new Map<QueuedCommit, unknown>();
    for (const [commit, uploads] of this.#uploads) {
      const ends = await Promise.allSettled(uploads);
      const failure = ends.find((end) => end.status === "rejected");
      if (failure !== undefined) failed.set(commit, failure.reason);
    }
    return failed;
  }

  /** The head with everything that was added, its pages stored, and the newest of what was added. */
  async nextHead(): Promise<{ readonly next: Head; readonly newest: VersionEntry }> {
    const { newest } = this.#pending;
    if (this.#leader === undefined || newest === undefined) {
      throw new VersionStoreError("invalid-argument", "there is nothing to publish");
    }
    return { next: await this.#pending.nextHead(pageWriters(this.#leader.workspace)), newest };
  }

  /** The version that a commit repeats, when it is there already. */
  async #findRepeated(
    { options: { repeats } }: QueuedCommit,
    base: CommitBase,
  ): Promise<VersionEntry | undefined> {
    if (repeats === undefined) return undefined;
    const { version } = repeats;
    const { lastVersion } = this.#pending;
    if (version > lastVersion) return undefined;
    const found = await base.find(version);
    if (found?.commitId === repeats.commitId) return found;
    throw new VersionStoreError(
      "version-taken",
      `the symbol had that number, or a later one symbol=${this.#symbol} version=${version} last=${lastVersion}`,
      { details: { symbol: this.#symbol, version, lastVersion } },
    );
  }

  async #unchanged(
    { options: { skipUnchanged } }: QueuedCommit,
    content: VersionContent,
    base: CommitBase,
  ): Promise<CommitResult | undefined> {
    const { newest } = base;
    if (skipUnchanged !== true || newest === undefined || newest.operation === "delete") {
      return undefined;
    }
    if (!equalBytes(hashOf(content), newest.contentHash)) return undefined;
    const record = await base.record();
    if (record === undefined || !sameValue(record.metadata, content.metadata ?? null)) {
      return undefined;
    }
    return resultOf(newest, false);
  }

  async #addVersion(
    commit: QueuedCommit,
    content: VersionContent,
    base: CommitBase,
  ): Promise<CommitResult> {
    const { clock, ids } = this.#context;
    const { workspace, options } = commit;
    if ("manifest" in content) {
      this.#upload(commit, [...(content.uploads ?? []), workspace.flush()]);
    }
    const manifest = "manifest" in content ? await this.#start(commit, content, base) : undefined;
    if ("sharedWith" in content) {
      await checkShared(content.sharedWith, this.#symbol, workspace, base);
    }
    this.#upload(commit, manifest?.uploads ?? []);
    const { newest } = base;
    const {
      version = this.#pending.lastVersion + 1,
      commitId = ids.nextId(),
      committedAtMs = Math.floor(clock.nowMs()),
      contentHash = hashOf(content),
    } = options.repeats ?? {};
    const facts = {
      version,
      commitId,
      committedAtMs: Math.max(committedAtMs, this.#pending.lastCommittedAtMs + 1),
      operation: content.operation ?? "write",
      contentHash,
      ...sizesOf(content),
      user: options.user,
      message: options.message,
    };
    const document = {
      ...facts,
      symbol: this.#symbol,
      transactionId: workspace.id,
      baseVersion: newest?.version ?? 0,
      baseCommitId: newest?.commitId,
      metadata: content.metadata ?? null,
      effect: content.effect ?? null,
      manifest: "sharedWith" in content ? content.sharedWith.stored : manifest?.stored,
    };
    const value = encodeVersionDocument(document);
    const format = document.manifest && versionOfManifest(document.manifest);
    const { pointer, stored } = workspace.startDocument("v", VERSION_KIND, value, {
      version: format,
    });
    this.#upload(commit, [stored]);
    const entry: VersionEntry = { ...facts, replacedAtMs: undefined, document: pointer };
    const { symbol, transactionId, baseVersion, metadata, effect } = document;
    const record: VersionRecord = {
      ...entry,
      symbol,
      transactionId,
      baseVersion,
      metadata,
      effect,
      stored: document.manifest,
    };
    if ("removes" in content && content.removes !== undefined) {
      await this.#pending.addDelete(entry, record, content.removes, pageWriters(workspace));
    } else {
      this.#pending.add(entry, record, loadedManifest(content, manifest));
    }
    this.#leader ??= commit;
    return resultOf(entry, true);
  }

  async #start(
    { workspace, adopted, reliedOn }: QueuedCommit,
    { manifest }: RepeatedContent,
    base: CommitBase,
  ): Promise<StartedManifest> {
    const own = new Set([workspace.id, ...adopted()]);
    await checkReused(manifest.segments, own, base, reliedOn());
    const reuses = manifest.segments.some((segment) => !own.has(segment.transactionId));
    const basePages = reuses ? ((await base.version())?.segmentPages ?? []) : [];
    return startManifest(workspace, manifest, basePages);
  }

  /** Failures are told by {@link failedUploads}; until then they must not count as unhandled. */
  #upload(commit: QueuedCommit, uploads: readonly Promise<void>[]): void {
    for (const upload of uploads) upload.catch(() => undefined);
    this.#uploads.set(commit, [...(this.#uploads.get(commit) ?? []), ...uploads]);
  }
}

function loadedManifest(
  content: VersionContent,
  started: StartedManifest | undefined,
): LoadedManifest | undefined {
  if (!("manifest" in content) || started === undefined) return undefined;
  return { manifest: content.manifest, pages: started.pages };
}

function checkExpected({ options }: QueuedCommit, symbol: string, { newest }: CommitBase): void {
  const { expectedVersion } = options;
  if (expectedVersion === undefined) return;
  const found = newest === undefined || newest.operation === "delete" ? 0 : newest.version;
  if (found === expectedVersion) return;
  throw new VersionStoreError(
    "concurrent-modification",
    `the newest version is another one symbol=${symbol} expected_version=${expectedVersion} found=${found}`,
    { details: { symbol, expectedVersion, found } },
  );
}

function hashOf(content: VersionContent): Uint8Array {
  if ("sharedWith" in content) return content.sharedWith.contentHash;
  if ("identity" in content) return sha256(content.identity);
  if (!("manifest" in content)) return new Uint8Array(CONTENT_HASH_BYTES);
  throw new VersionStoreError("invalid-argument", "content must have an identity");
}

function sizesOf(content: VersionContent): Pick<VersionEntry, "rows" | "rawBytes" | "storedBytes"> {
  if ("sharedWith" in content) {
    const { rows, rawBytes, storedBytes } = content.sharedWith;
    return { rows, rawBytes, storedBytes };
  }
  if (!("manifest" in content)) return { rows: undefined, rawBytes: 0, storedBytes: 0 };
  const storedBytes = content.manifest.segments.reduce((sum, { length }) => sum + length, 0);
  return { rows: content.rows, rawBytes: content.rawBytes, storedBytes };
}

function sameValue(left: DocumentValue, right: DocumentValue): boolean {
  return equalBytes(encodeCanonical(left), encodeCanonical(right));
}

function resultOf(entry: VersionEntry, changed: boolean): CommitResult {
  const { version, commitId, committedAtMs, contentHash, rows, storedBytes } = entry;
  return { version, commitId, committedAtMs, contentHash, rows, storedBytes, changed };
}

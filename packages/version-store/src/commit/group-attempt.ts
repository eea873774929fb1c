import { encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import { CONTENT_HASH_BYTES, equalBytes } from "../document/content-hash.ts";
import { HISTORY_PAGE_KIND, VERSION_KIND } from "../document/document-kind.ts";
import { sha256 } from "../document/sha256.ts";
import type { HeadState } from "../head/head-record.ts";
import { emptyHead, type Head } from "../head/head.ts";
import { appendEntries } from "../head/history.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { startManifest, type StartedManifest } from "../manifest/write-manifest.ts";
import { encodeVersionDocument } from "../version/version-document.ts";
import type { VersionRecord } from "../version/read-version.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { checkReused } from "./check-reused.ts";
import { PendingSymbol, type CommitBase } from "./commit-base.ts";
import type { CommitResult, QueuedCommit } from "./queued-commit.ts";
import type { NewContent, VersionContent } from "./version-content.ts";

/** One try to publish the commits of a group on one state of the head. */
export class GroupAttempt {
  readonly #context: LibraryContext;
  readonly #symbol: string;
  readonly #state: HeadState | undefined;
  readonly #pending: PendingSymbol;
  readonly #uploads: Promise<void>[] = [];

  constructor(context: LibraryContext, symbol: string, state: HeadState | undefined) {
    this.#context = context;
    this.#symbol = symbol;
    this.#state = state;
    this.#pending = new PendingSymbol(context, symbol, state?.head);
  }

  /** Whether there is anything to publish. */
  get isEmpty(): boolean {
    return this.#pending.entries.length === 0;
  }

  /**
   * Builds one commit after those added before. Nothing is visible yet.
   *
   * @param more whether another commit of the group follows
   */
  async add(commit: QueuedCommit, more: boolean): Promise<CommitResult> {
    commit.workspace.startAttempt();
    const base = this.#pending.base(more);
    checkExpected(commit, this.#symbol, base);
    const content = await commit.build(base);
    const unchanged = await this.#unchanged(commit, content, base);
    return unchanged ?? this.#addVersion(commit, content, base);
  }

  /** The head with everything that was added; its documents are stored when this resolves. */
  async nextHead(leader: QueuedCommit): Promise<Head> {
    const { entries, lastVersion, lastCommittedAtMs } = this.#pending;
    const before = this.#state?.head ?? emptyHead(this.#symbol);
    const lists = await appendEntries(this.#context, before, entries, (value) =>
      leader.workspace.putDocument("p", HISTORY_PAGE_KIND, value),
    );
    await Promise.all(this.#uploads);
    const changeId = this.#context.ids.nextId();
    return { ...before, ...lists, changeId, lastVersion, lastCommittedAtMs };
  }

  /** Waits until no upload runs any more, whatever became of it. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#uploads);
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
    const manifest = "manifest" in content ? await this.#start(commit, content, base) : undefined;
    this.#upload(manifest?.uploads ?? []);
    const { newest } = base;
    const facts = {
      version: this.#pending.lastVersion + 1,
      commitId: ids.nextId(),
      committedAtMs: Math.max(Math.floor(clock.nowMs()), this.#pending.lastCommittedAtMs + 1),
      operation: content.operation ?? "write",
      contentHash: hashOf(content),
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
    const { pointer, stored } = workspace.startDocument("v", VERSION_KIND, value);
    this.#upload([stored]);
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
    const version =
      "manifest" in content && manifest !== undefined
        ? { ...record, manifest: content.manifest, segmentPages: manifest.pages }
        : undefined;
    this.#pending.add(entry, record, version);
    return resultOf(entry, true);
  }

  async #start(
    { workspace, adopted, reliedOn }: QueuedCommit,
    { manifest }: NewContent,
    base: CommitBase,
  ): Promise<StartedManifest> {
    const own = new Set([workspace.id, ...adopted()]);
    await checkReused(manifest.segments, own, base, reliedOn());
    const reuses = manifest.segments.some((segment) => !own.has(segment.transactionId));
    const basePages = reuses ? ((await base.version())?.segmentPages ?? []) : [];
    return startManifest(workspace, manifest, basePages);
  }

  /** Failures are told by {@link nextHead}; until then they must not count as unhandled. */
  #upload(uploads: readonly Promise<void>[]): void {
    for (const upload of uploads) upload.catch(() => undefined);
    this.#uploads.push(...uploads);
  }
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
  return "manifest" in content ? sha256(content.identity) : new Uint8Array(CONTENT_HASH_BYTES);
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

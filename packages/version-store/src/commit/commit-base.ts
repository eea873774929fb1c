import type { CallOptions } from "@foretile/storage";
import { findByVersion } from "../head/find-entry.ts";
import { emptyHead, newestEntry, type Head } from "../head/head.ts";
import { appendEntries, entriesNewestFirst } from "../head/history.ts";
import { removeVersions, type PageWriters } from "../head/remove-versions.ts";
import { selectVersionsBefore } from "../head/version-selection.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { LoadedManifest } from "../manifest/read-manifest.ts";
import type { StoredManifest } from "../manifest/stored-manifest.ts";
import {
  loadManifest,
  readVersionRecord,
  type Version,
  type VersionRecord,
} from "../version/read-version.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import type { RemovesEarlier } from "./version-content.ts";

/**
 * What a commit builds on: the symbol as the commit will find it. Everything it gives is live in the very head that
 * the commit changes, so segments of it may be reused: when somebody removes a version first, the head changes, the
 * commit fails, and is built again.
 */
export interface CommitBase {
  /** The newest version, which may be a `delete`; `undefined` when there never was one. */
  readonly newest: VersionEntry | undefined;
  /** Whether other commits of this process follow in the same change of the head. */
  readonly more: boolean;
  /** The newest version with its manifest; `undefined` when there is none or it is a `delete`. */
  version(): Promise<Version | undefined>;
  /** Like {@link version} without the manifest. */
  record(): Promise<VersionRecord | undefined>;
  /** One live version's entry. */
  find(version: number, options?: CallOptions): Promise<VersionEntry | undefined>;
  /** The live versions after one, newest first, `delete`s too. */
  since(version: number, options?: CallOptions): Promise<readonly VersionEntry[]>;
  /** The record of a live version. */
  recordOf(entry: VersionEntry, options?: CallOptions): Promise<VersionRecord>;
  /** Resolves once the segments of versions that others of the group are about to add can be read. */
  settled(): Promise<void>;
}

/** The symbol in the middle of a change of its head: what the head says, and versions about to be added. */
export class PendingSymbol {
  readonly #context: LibraryContext;
  readonly #symbol: string;
  #head: Omit<Head, "changeId">;
  /** Versions about to be added that are not in the lists of `#head`. */
  #added: VersionEntry[] = [];
  #newestRecord: Promise<VersionRecord> | undefined;
  #newestVersion: Promise<Version> | undefined;
  /** Manifests of versions about to be added: their documents may not be stored yet. */
  readonly #manifests = new Map<StoredManifest, LoadedManifest>();
  /** Records of versions about to be added, by commit. */
  readonly #records = new Map<string, VersionRecord>();

  constructor(context: LibraryContext, symbol: string, head: Head | undefined) {
    this.#context = context;
    this.#symbol = symbol;
    this.#head = head ?? emptyHead(symbol);
  }

  get newest(): VersionEntry | undefined {
    return this.#added.at(-1) ?? newestEntry(this.#head);
  }

  get lastVersion(): number {
    return this.#added.at(-1)?.version ?? this.#head.lastVersion;
  }

  get lastCommittedAtMs(): number {
    return this.#added.at(-1)?.committedAtMs ?? this.#head.lastCommittedAtMs;
  }

  /** Adds a version that is about to be published, with its manifest unless that is another version's. */
  add(entry: VersionEntry, record: VersionRecord, manifest: LoadedManifest | undefined): void {
    this.#added.push(entry);
    this.#setNewest(record, manifest);
  }

  /** Adds a `delete` and removes versions before it. When this fails, nothing was added. */
  async addDelete(
    entry: VersionEntry,
    record: VersionRecord,
    { except, undeleteMs }: RemovesEarlier,
    writers: PageWriters,
  ): Promise<void> {
    const head = await this.#withAdded([...this.#added, entry], writers);
    const { version, committedAtMs } = entry;
    this.#head = await removeVersions(
      this.#context,
      head,
      {
        selection: selectVersionsBefore(version, except),
        reason: "delete",
        removedAtMs: committedAtMs,
        keepUntilMs: committedAtMs + undeleteMs,
      },
      writers,
    );
    this.#added = [];
    this.#setNewest(record, undefined);
  }

  /** The head with everything that was added. */
  async nextHead(writers: PageWriters): Promise<Head> {
    const head = await this.#withAdded(this.#added, writers);
    return { ...head, changeId: this.#context.ids.nextId() };
  }

  async #withAdded(
    added: readonly VersionEntry[],
    { history }: PageWriters,
  ): Promise<Omit<Head, "changeId">> {
    const lists = await appendEntries(this.#context, this.#head, added, history);
    const {
      version: lastVersion = this.#head.lastVersion,
      committedAtMs: lastCommittedAtMs = this.#head.lastCommittedAtMs,
    } = added.at(-1) ?? {};
    return { ...this.#head, ...lists, lastVersion, lastCommittedAtMs };
  }

  #setNewest(record: VersionRecord, manifest: LoadedManifest | undefined): void {
    this.#newestRecord = Promise.resolve(record);
    this.#newestVersion = undefined;
    this.#records.set(record.commitId, record);
    if (manifest !== undefined && record.stored !== undefined) {
      this.#manifests.set(record.stored, manifest);
    }
  }

  base(more: boolean): Omit<CommitBase, "settled"> {
    const { newest } = this;
    const hasValue = newest !== undefined && newest.operation !== "delete";
    return {
      newest,
      more,
      record: async () => (hasValue ? this.#record(newest) : undefined),
      version: async () => (hasValue ? this.#version(newest) : undefined),
      find: async (version, options) =>
        this.#added.find((entry) => entry.version === version) ??
        findByVersion(this.#context, this.#head, version, options),
      since: (version, options) => this.#since(version, options),
      recordOf: async (entry, options) =>
        this.#records.get(entry.commitId) ??
        readVersionRecord(this.#context, this.#symbol, entry, options),
    };
  }

  async #since(version: number, options?: CallOptions): Promise<readonly VersionEntry[]> {
    const later = this.#added.filter((entry) => entry.version > version).toReversed();
    for await (const batch of entriesNewestFirst(this.#context, this.#head, options)) {
      later.push(...batch.filter((entry) => entry.version > version));
      if ((batch.at(-1)?.version ?? 0) <= version) break;
    }
    return later;
  }

  #record(entry: VersionEntry): Promise<VersionRecord> {
    if (this.#newestRecord !== undefined) return this.#newestRecord;
    const reading = readVersionRecord(this.#context, this.#symbol, entry);
    this.#newestRecord = reading;
    // One commit's failure to read is not the next one's.
    reading.catch(() => {
      if (this.#newestRecord === reading) this.#newestRecord = undefined;
    });
    return reading;
  }

  #version(entry: VersionEntry): Promise<Version> {
    if (this.#newestVersion !== undefined) return this.#newestVersion;
    const loading = this.#load(entry);
    this.#newestVersion = loading;
    loading.catch(() => {
      if (this.#newestVersion === loading) this.#newestVersion = undefined;
    });
    return loading;
  }

  async #load(entry: VersionEntry): Promise<Version> {
    const record = await this.#record(entry);
    const known = record.stored && this.#manifests.get(record.stored);
    return known === undefined
      ? loadManifest(this.#context, record)
      : { ...record, manifest: known.manifest, segmentPages: known.pages };
  }
}

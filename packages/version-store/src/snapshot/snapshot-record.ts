import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions, Key, RefToken } from "@foretile/storage";
import type { DocumentPointer } from "../document/blob-documents.ts";
import { openDocument, sealKind, SNAPSHOT_KIND } from "../document/document-kind.ts";
import { DocumentReader } from "../document/document-reader.ts";
import { snapshotKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { decodePointer, encodePointer } from "../version/version-entry.ts";
import { VersionStoreError } from "../version-store-error.ts";

/** A page of pinned versions, as a snapshot's record points at it. */
export interface SnapshotPagePointer {
  /** The first of its symbols; pages and symbols are in the order of UTF-16 code units. */
  readonly firstSymbol: string;
  readonly count: number;
  readonly page: DocumentPointer;
}

/** A snapshot that is there, or about to be. */
export interface PinnedSet {
  /** The transaction that made it. */
  readonly id: string;
  /** `pending`: nobody can read it yet; it only keeps collectors from deleting what it may pin. */
  readonly state: "pending" | "committed";
  readonly createdAtMs: number;
  /** The user's own words; `null` when there are none. */
  readonly metadata: DocumentValue;
  /** Whether its name can never be used again. */
  readonly immutable: boolean;
  readonly symbolCount: number;
  readonly pages: readonly SnapshotPagePointer[];
}

/** A snapshot that was deleted, kept for readers that resolved it before. */
export interface DroppedSet {
  readonly id: string;
  readonly droppedAtMs: number;
  readonly pages: readonly SnapshotPagePointer[];
}

/** The mutable record of a snapshot's name. Changed only by compare-and-set. */
export interface SnapshotRecord {
  readonly name: string;
  /** Changes with every change of the record, so that no two records are ever equal. */
  readonly changeId: string;
  readonly current: PinnedSet | undefined;
  readonly dropped: readonly DroppedSet[];
  /** Whether the name was used for good. */
  readonly burned: boolean;
}

export interface SnapshotState {
  readonly record: SnapshotRecord;
  readonly token: RefToken;
}

/** Reads the record of a name, or `undefined` when there is none. */
export async function readSnapshotRecord(
  context: LibraryContext,
  name: string,
  options?: CallOptions,
): Promise<SnapshotState | undefined> {
  const key = snapshotKey(name);
  const ref = await context.refs.read(key, options);
  if (ref === undefined) return undefined;
  const record = decodeSnapshotBytes(context, ref.value, key);
  if (record.name !== name) {
    throw new VersionStoreError(
      "data-integrity",
      `snapshot record belongs to another name name=${JSON.stringify(name)} found=${JSON.stringify(record.name)}`,
      { details: { key } },
    );
  }
  return { record, token: ref.token };
}

export function decodeSnapshotBytes(
  context: LibraryContext,
  bytes: Uint8Array,
  key: Key,
): SnapshotRecord {
  const value = openDocument(context.documents, SNAPSHOT_KIND, bytes, key);
  const reader = new DocumentReader(value, "snapshot record");
  return {
    name: reader.text("name"),
    changeId: reader.text("change_id"),
    current: reader.optional("current", () => decodePinnedSet(reader.record("current"))),
    dropped: reader.records("dropped", (dropped) => ({
      id: dropped.text("id"),
      droppedAtMs: dropped.integer("dropped_at_ms"),
      pages: dropped.records("pages", decodePagePointer),
    })),
    burned: reader.boolean("burned"),
  };
}

/** @throws {VersionStoreError} `invalid-argument` when the record would be too large to be read back */
export function sealSnapshotRecord(context: LibraryContext, record: SnapshotRecord): Uint8Array {
  const { current } = record;
  const value: DocumentValue = {
    name: record.name,
    change_id: record.changeId,
    current:
      current === undefined
        ? null
        : {
            id: current.id,
            state: current.state,
            created_at_ms: current.createdAtMs,
            metadata: current.metadata,
            immutable: current.immutable,
            symbol_count: current.symbolCount,
            pages: current.pages.map(encodePagePointer),
          },
    dropped: record.dropped.map((dropped) => ({
      id: dropped.id,
      dropped_at_ms: dropped.droppedAtMs,
      pages: dropped.pages.map(encodePagePointer),
    })),
    burned: record.burned,
  };
  return sealKind(context.documents, SNAPSHOT_KIND, value);
}

function decodePinnedSet(reader: DocumentReader): PinnedSet {
  const state = reader.text("state");
  if (state !== "pending" && state !== "committed") {
    throw new VersionStoreError("data-integrity", `snapshot has an unknown state state=${state}`);
  }
  return {
    id: reader.text("id"),
    state,
    createdAtMs: reader.integer("created_at_ms"),
    metadata: reader.value("metadata"),
    immutable: reader.boolean("immutable"),
    symbolCount: reader.integer("symbol_count"),
    pages: reader.records("pages", decodePagePointer),
  };
}

function encodePagePointer({ firstSymbol, count, page }: SnapshotPagePointer): DocumentValue {
  return { first_symbol: firstSymbol, count, page: encodePointer(page) };
}

function decodePagePointer(reader: DocumentReader): SnapshotPagePointer {
  return {
    firstSymbol: reader.text("first_symbol"),
    count: reader.integer("count", 1),
    page: decodePointer(reader.record("page")),
  };
}

import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { DocumentPointer } from "../document/blob-documents.ts";
import { ColumnReader, joinFixedBytes } from "../document/columns.ts";
import { CONTENT_HASH_BYTES } from "../document/content-hash.ts";
import type { DocumentReader } from "../document/document-reader.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { isOperation, type Operation } from "./operation.ts";

/** What a head or a history page knows of one version. */
export interface VersionEntry {
  /** From 1, never reused; gaps are possible. */
  readonly version: number;
  /** Names this commit and no other. */
  readonly commitId: string;
  /** Wall-clock milliseconds, strictly increasing per symbol; a label, never the order. */
  readonly committedAtMs: number;
  readonly operation: Operation;
  /** 32 bytes: what the version contains, as its writer defines it; zeros for `delete`. */
  readonly contentHash: Uint8Array;
  /** Rows of the whole value, where its handler counts rows. */
  readonly rows: number | undefined;
  /** Bytes before encoding, as its writer counts them. */
  readonly rawBytes: number;
  /** Bytes of all segments. */
  readonly storedBytes: number;
  /** Who committed it, as they said. */
  readonly user: string | undefined;
  /** Why, as they said. */
  readonly message: string | undefined;
  /** When the next version was committed, kept only once that next version was removed. */
  readonly replacedAtMs: number | undefined;
  readonly document: DocumentPointer;
}

/** Bytes of the hash in a {@link DocumentPointer}. */
const POINTER_HASH_BYTES = 16;

export function encodePointer(pointer: DocumentPointer): DocumentValue {
  return { key: pointer.key, length: pointer.length, hash: pointer.hash };
}

export function decodePointer(reader: DocumentReader): DocumentPointer {
  return {
    key: reader.key("key"),
    length: reader.integer("length"),
    hash: reader.bytes("hash", POINTER_HASH_BYTES),
  };
}

/** Entries column by column: a head holds dozens of them and is written with every commit. */
export function encodeVersionEntries(entries: readonly VersionEntry[]): DocumentValue {
  return {
    versions: entries.map((entry) => entry.version),
    commit_ids: entries.map((entry) => entry.commitId),
    committed_at_ms: entries.map((entry) => entry.committedAtMs),
    operations: entries.map((entry) => entry.operation),
    content_hashes: joinFixedBytes(
      entries.map((entry) => entry.contentHash),
      CONTENT_HASH_BYTES,
    ),
    rows: entries.map((entry) => entry.rows ?? null),
    raw_bytes: entries.map((entry) => entry.rawBytes),
    stored_bytes: entries.map((entry) => entry.storedBytes),
    users: entries.map((entry) => entry.user ?? null),
    messages: entries.map((entry) => entry.message ?? null),
    replaced_at_ms: entries.map((entry) => entry.replacedAtMs ?? null),
    document_keys: entries.map((entry) => entry.document.key),
    document_lengths: entries.map((entry) => entry.document.length),
    document_hashes: joinFixedBytes(
      entries.map((entry) => entry.document.hash),
      POINTER_HASH_BYTES,
    ),
  };
}

/** @throws {VersionStoreError} `data-integrity` when the columns do not fit together or versions do not increase */
export function decodeVersionEntries(reader: DocumentReader, what: string): VersionEntry[] {
  const columns = new ColumnReader(reader, what, reader.list("versions").length);
  const commitIds = columns.texts("commit_ids");
  const committedAtMs = columns.integers("committed_at_ms");
  const operations = columns.texts("operations");
  const contentHashes = columns.fixedBytes("content_hashes", CONTENT_HASH_BYTES);
  const rows = columns.optionalIntegers("rows");
  const rawBytes = columns.integers("raw_bytes");
  const storedBytes = columns.integers("stored_bytes");
  const users = columns.optionalTexts("users");
  const messages = columns.optionalTexts("messages");
  const replacedAtMs = columns.optionalIntegers("replaced_at_ms");
  const keys = columns.keys("document_keys");
  const lengths = columns.integers("document_lengths");
  const hashes = columns.fixedBytes("document_hashes", POINTER_HASH_BYTES);
  let previous = 0;
  return columns.integers("versions", 1).map((version, index): VersionEntry => {
    const operation = operations[index];
    const key = keys[index];
    if (version <= previous || !isOperation(operation) || key === undefined) {
      throw new VersionStoreError("data-integrity", `${what} has a wrong entry index=${index}`);
    }
    previous = version;
    // Every column was checked to have an item at each index.
    return {
      version,
      commitId: commitIds[index] ?? "",
      committedAtMs: committedAtMs[index] ?? 0,
      operation,
      contentHash: contentHashes[index] ?? new Uint8Array(),
      rows: rows[index],
      rawBytes: rawBytes[index] ?? 0,
      storedBytes: storedBytes[index] ?? 0,
      user: users[index],
      message: messages[index],
      replacedAtMs: replacedAtMs[index],
      document: {
        key,
        length: lengths[index] ?? 0,
        hash: hashes[index] ?? new Uint8Array(),
      },
    };
  });
}

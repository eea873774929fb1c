import type { DocumentValue } from "@foretile/codecs/msgpack";
import { toKey } from "@foretile/storage";
import type { DocumentPointer } from "../document/blob-documents.ts";
import { CONTENT_HASH_BYTES } from "../document/content-hash.ts";
import type { DocumentReader } from "../document/document-reader.ts";

/** What a head or a history page knows of one version. */
export interface VersionEntry {
  /** From 1, never reused; gaps are possible. */
  readonly version: number;
  /** Names this commit and no other. */
  readonly commitId: string;
  /** Wall-clock milliseconds, strictly increasing per symbol; a label, never the order. */
  readonly committedAtMs: number;
  /** 32 bytes: what the version contains, as its writer defines it. */
  readonly contentHash: Uint8Array;
  /** Bytes before encoding, as its writer counts them. */
  readonly rawBytes: number;
  /** Bytes of all segments. */
  readonly storedBytes: number;
  readonly document: DocumentPointer;
}

export function encodePointer(pointer: DocumentPointer): DocumentValue {
  return { key: pointer.key, length: pointer.length, hash: pointer.hash };
}

export function decodePointer(reader: DocumentReader): DocumentPointer {
  return {
    key: toKey(reader.text("key")),
    length: reader.integer("length"),
    hash: reader.bytes("hash", 16),
  };
}

export function encodeVersionEntry(entry: VersionEntry): DocumentValue {
  return {
    version: entry.version,
    commit_id: entry.commitId,
    committed_at_ms: entry.committedAtMs,
    content_hash: entry.contentHash,
    raw_bytes: entry.rawBytes,
    stored_bytes: entry.storedBytes,
    document: encodePointer(entry.document),
  };
}

export function decodeVersionEntry(reader: DocumentReader): VersionEntry {
  return {
    version: reader.integer("version", 1),
    commitId: reader.text("commit_id"),
    committedAtMs: reader.integer("committed_at_ms"),
    contentHash: reader.bytes("content_hash", CONTENT_HASH_BYTES),
    rawBytes: reader.integer("raw_bytes"),
    storedBytes: reader.integer("stored_bytes"),
    document: decodePointer(reader.record("document")),
  };
}

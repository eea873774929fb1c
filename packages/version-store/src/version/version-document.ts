import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { DocumentPointer } from "../document/blob-documents.ts";
import { CONTENT_HASH_BYTES } from "../document/content-hash.ts";
import { DocumentReader } from "../document/document-reader.ts";
import { decodePointer, encodePointer } from "./version-entry.ts";

/** The immutable record of one version. */
export interface VersionDocument {
  readonly symbol: string;
  readonly version: number;
  readonly commitId: string;
  /** The transaction that made it. */
  readonly transactionId: string;
  /** The version it was built on; 0 for the first. */
  readonly baseVersion: number;
  readonly committedAtMs: number;
  readonly contentHash: Uint8Array;
  readonly manifest: DocumentPointer;
}

export function encodeVersionDocument(document: VersionDocument): DocumentValue {
  return {
    symbol: document.symbol,
    version: document.version,
    commit_id: document.commitId,
    transaction: document.transactionId,
    base_version: document.baseVersion,
    committed_at_ms: document.committedAtMs,
    content_hash: document.contentHash,
    manifest: encodePointer(document.manifest),
  };
}

export function decodeVersionDocument(value: DocumentValue): VersionDocument {
  const reader = new DocumentReader(value, "version");
  return {
    symbol: reader.text("symbol"),
    version: reader.integer("version", 1),
    commitId: reader.text("commit_id"),
    transactionId: reader.text("transaction"),
    baseVersion: reader.integer("base_version"),
    committedAtMs: reader.integer("committed_at_ms"),
    contentHash: reader.bytes("content_hash", CONTENT_HASH_BYTES),
    manifest: decodePointer(reader.record("manifest")),
  };
}

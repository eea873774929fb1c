import type { DocumentValue } from "@foretile/codecs/msgpack";
import { CONTENT_HASH_BYTES } from "../document/content-hash.ts";
import { DocumentReader } from "../document/document-reader.ts";
import {
  decodeStoredManifest,
  encodeStoredManifest,
  type StoredManifest,
} from "../manifest/stored-manifest.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { isOperation } from "./operation.ts";
import type { VersionEntry } from "./version-entry.ts";

/**
 * The immutable record of one version. Repeats all its entry says, so that a lost head can be rebuilt from version
 * documents alone.
 */
export interface VersionDocument extends Omit<VersionEntry, "document" | "replacedAtMs"> {
  readonly symbol: string;
  /** The transaction that made it. */
  readonly transactionId: string;
  /** The version it was built on; 0 for the first. */
  readonly baseVersion: number;
  /** That version's commit; `undefined` for the first. */
  readonly baseCommitId: string | undefined;
  /** The user's own words about this version; `null` when there are none. */
  readonly metadata: DocumentValue;
  /** What the operation touched, in its own terms; `null` for the whole value. */
  readonly effect: DocumentValue;
  /** `undefined` for `delete`. */
  readonly manifest: StoredManifest | undefined;
}

export function encodeVersionDocument(document: VersionDocument): DocumentValue {
  return {
    symbol: document.symbol,
    version: document.version,
    commit_id: document.commitId,
    committed_at_ms: document.committedAtMs,
    operation: document.operation,
    content_hash: document.contentHash,
    rows: document.rows ?? null,
    raw_bytes: document.rawBytes,
    stored_bytes: document.storedBytes,
    user: document.user ?? null,
    message: document.message ?? null,
    transaction: document.transactionId,
    base_version: document.baseVersion,
    base_commit_id: document.baseCommitId ?? null,
    metadata: document.metadata,
    effect: document.effect,
    manifest: document.manifest === undefined ? null : encodeStoredManifest(document.manifest),
  };
}

export function decodeVersionDocument(value: DocumentValue): VersionDocument {
  const reader = new DocumentReader(value, "version");
  const operation = reader.text("operation");
  if (!isOperation(operation)) {
    throw new VersionStoreError(
      "data-integrity",
      `version has an unknown operation operation=${JSON.stringify(operation)}`,
    );
  }
  return {
    symbol: reader.text("symbol"),
    version: reader.integer("version", 1),
    commitId: reader.text("commit_id"),
    committedAtMs: reader.integer("committed_at_ms"),
    operation,
    contentHash: reader.bytes("content_hash", CONTENT_HASH_BYTES),
    rows: reader.optional("rows", () => reader.integer("rows")),
    rawBytes: reader.integer("raw_bytes"),
    storedBytes: reader.integer("stored_bytes"),
    user: reader.optional("user", () => reader.text("user")),
    message: reader.optional("message", () => reader.text("message")),
    transactionId: reader.text("transaction"),
    baseVersion: reader.integer("base_version"),
    baseCommitId: reader.optional("base_commit_id", () => reader.text("base_commit_id")),
    metadata: reader.value("metadata"),
    effect: reader.value("effect"),
    manifest: reader.optional("manifest", () => decodeStoredManifest(reader.record("manifest"))),
  };
}

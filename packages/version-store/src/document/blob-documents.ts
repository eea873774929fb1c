import { documentHash, type DocumentCodec, type DocumentValue } from "@foretile/codecs/msgpack";
import type { BlobStore, CallOptions, Key } from "@foretile/storage";
import { equalBytes } from "./content-hash.ts";
import { damagedDocument, openDocument, sealKind, type DocumentKind } from "./document-kind.ts";

/** Points at an immutable document: where it is and exactly what it is. */
export interface DocumentPointer {
  readonly key: Key;
  /** Bytes of the sealed document. */
  readonly length: number;
  /** The document's own 128-bit hash: 16 bytes. Binds the pointer to these bytes and no others. */
  readonly hash: Uint8Array;
}

/** A sealed document that has its place but may not be stored yet. */
export interface SealedDocument {
  readonly pointer: DocumentPointer;
  readonly bytes: Uint8Array;
}

/**
 * Seals a document for a key.
 *
 * @param version of its format, see `sealKind`
 * @throws {VersionStoreError} `invalid-argument` when it would be too large to be read back
 */
export function sealDocument(
  codec: DocumentCodec,
  kind: DocumentKind,
  key: Key,
  value: DocumentValue,
  version?: number,
): SealedDocument {
  const bytes = sealKind(codec, kind, value, version);
  return { pointer: { key, length: bytes.length, hash: documentHash(bytes) }, bytes };
}

/**
 * Reads the document a pointer names.
 *
 * @throws {VersionStoreError} `data-integrity` when it is missing or other bytes are there, `format-too-new`
 */
export async function readDocument(
  blobs: BlobStore,
  codec: DocumentCodec,
  kind: DocumentKind,
  pointer: DocumentPointer,
  options?: CallOptions,
): Promise<DocumentValue> {
  // Only the signal: the options of an operation may have a `range` that means rows.
  const bytes = await blobs.get(pointer.key, { signal: options?.signal });
  if (bytes === undefined) {
    throw damagedDocument(kind, "is missing", pointer.key);
  }
  const value = openDocument(codec, kind, bytes, pointer.key);
  if (bytes.length !== pointer.length || !equalBytes(documentHash(bytes), pointer.hash)) {
    throw damagedDocument(kind, "is not the one that was published", pointer.key);
  }
  return value;
}

import { documentHash } from "@foretile/codecs/msgpack";
import type { CallOptions, Key } from "@foretile/storage";
import { openDocument, VERSION_KIND } from "../document/document-kind.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { decodeVersionDocument, type VersionDocument } from "../version/version-document.ts";
import type { VersionEntry } from "../version/version-entry.ts";

/** A version that was found by the key of its document instead of through a head. */
export interface LooseVersion {
  readonly document: VersionDocument;
  /** What a head would say of it. */
  readonly entry: VersionEntry;
}

/**
 * Reads a version by the key of its document. Nothing says that it was ever published.
 *
 * @returns `undefined` when there is no such document
 * @throws {VersionStoreError} `data-integrity`, `format-too-new`
 */
export async function readLooseVersion(
  context: LibraryContext,
  key: Key,
  options?: CallOptions,
): Promise<LooseVersion | undefined> {
  const bytes = await context.blobs.get(key, options);
  if (bytes === undefined) return undefined;
  const document = decodeVersionDocument(openDocument(context.documents, VERSION_KIND, bytes, key));
  const { version, commitId, committedAtMs, operation, contentHash } = document;
  const { rows, rawBytes, storedBytes, user, message } = document;
  const entry: VersionEntry = {
    version,
    commitId,
    committedAtMs,
    operation,
    contentHash,
    rows,
    rawBytes,
    storedBytes,
    user,
    message,
    replacedAtMs: undefined,
    document: { key, length: bytes.length, hash: documentHash(bytes) },
  };
  return { document, entry };
}

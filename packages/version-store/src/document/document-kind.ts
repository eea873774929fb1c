import { isCodecError } from "@foretile/codecs";
import type { DocumentCodec, DocumentValue } from "@foretile/codecs/msgpack";
import { VersionStoreError } from "../version-store-error.ts";

/** One kind of stored document. */
export interface DocumentKind {
  /** Four ASCII letters in the document's envelope. */
  readonly code: string;
  /** For messages. */
  readonly name: string;
  /** The newest version of its format that this build reads. What needs no more is written as version 1. */
  readonly version: number;
  /** The largest sealed document in bytes; a longer one is refused before it is decoded. */
  readonly maxBytes: number;
  /** What to do when one is lost or damaged, for messages. */
  readonly remedy?: string;
}

/** For the documents and segments of one version. */
export const WRITE_AGAIN = "write the value again, or restore another version";

const rebuild = "repair rebuilds the head from its versions";

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

export const CONFIG_KIND: DocumentKind = {
  code: "LIBC",
  name: "library config",
  version: 2,
  maxBytes: 64 * kibibyte,
};
export const HEAD_KIND: DocumentKind = {
  code: "HEAD",
  name: "head",
  version: 1,
  maxBytes: mebibyte,
  remedy: rebuild,
};
export const HISTORY_PAGE_KIND: DocumentKind = {
  code: "HIST",
  name: "history page",
  version: 1,
  maxBytes: 4 * mebibyte,
  remedy: rebuild,
};
/** Versions that were removed from a head and are not collected yet. */
export const REMOVED_PAGE_KIND: DocumentKind = {
  code: "REMV",
  name: "page of removed versions",
  version: 1,
  maxBytes: 4 * mebibyte,
};
export const VERSION_KIND: DocumentKind = {
  code: "VERS",
  name: "version",
  version: 2,
  maxBytes: 4 * mebibyte,
  remedy: WRITE_AGAIN,
};
export const MANIFEST_KIND: DocumentKind = {
  code: "MANI",
  name: "manifest",
  version: 2,
  maxBytes: 64 * mebibyte,
  remedy: WRITE_AGAIN,
};
export const SEGMENT_PAGE_KIND: DocumentKind = {
  code: "SEGP",
  name: "segment page",
  version: 2,
  maxBytes: 16 * mebibyte,
  remedy: WRITE_AGAIN,
};
export const SNAPSHOT_KIND: DocumentKind = {
  code: "SNAP",
  name: "snapshot record",
  version: 1,
  maxBytes: mebibyte,
};
export const SNAPSHOT_PAGE_KIND: DocumentKind = {
  code: "SNPG",
  name: "snapshot page",
  version: 1,
  maxBytes: 4 * mebibyte,
};
export const INTENT_KIND: DocumentKind = {
  code: "INTE",
  name: "intent",
  version: 1,
  maxBytes: 64 * kibibyte,
};
/** The cells that a transaction wrote, or was about to write. */
export const CELL_LIST_KIND: DocumentKind = {
  code: "CELL",
  name: "cell list",
  version: 1,
  maxBytes: 16 * mebibyte,
};
export const CELL_SEQUENCE_KIND: DocumentKind = {
  code: "CSEQ",
  name: "sequence of cells",
  version: 1,
  maxBytes: 64 * kibibyte,
};
export const COLLECTION_KIND: DocumentKind = {
  code: "COLL",
  name: "collection record",
  version: 1,
  maxBytes: 64 * kibibyte,
};

/** The version of a document that says where segments are, or where they go. */
export const LOCATED_VERSION = 2;

/**
 * Seals a document of a kind.
 *
 * @param version of its format: the lowest that has all its fields, so that every reader that can read it does
 * @throws {VersionStoreError} `invalid-argument` when it would be too large to be read back
 */
export function sealKind(
  codec: DocumentCodec,
  kind: DocumentKind,
  value: DocumentValue,
  version = 1,
): Uint8Array {
  const bytes = codec.seal(kind.code, version, value);
  if (bytes.length <= kind.maxBytes) return bytes;
  throw new VersionStoreError(
    "invalid-argument",
    `${kind.name} would be too large bytes=${bytes.length} limit=${kind.maxBytes}`,
  );
}

/**
 * Opens a sealed document of a kind.
 *
 * @param key where the bytes were found, for messages
 * @throws {VersionStoreError} `format-too-new` for a newer format version, `data-integrity` for anything else
 */
export function openDocument(
  codec: DocumentCodec,
  kind: DocumentKind,
  bytes: Uint8Array,
  key: string,
): DocumentValue {
  try {
    return codec.open(kind.code, { maxVersion: kind.version, maxBytes: kind.maxBytes }, bytes)
      .value;
  } catch (cause) {
    if (isCodecError(cause, "unsupported-version")) {
      throw new VersionStoreError(
        "format-too-new",
        `${kind.name} was written by a newer release; upgrade @foretile/version-store key=${key}`,
        { cause, details: { key } },
      );
    }
    if (isCodecError(cause)) {
      throw damagedDocument(kind, "is damaged", key, cause);
    }
    throw cause;
  }
}

/** @param what is the matter, as the rest of a sentence about the document */
export function damagedDocument(
  { name, remedy }: DocumentKind,
  what: string,
  key: string,
  cause?: unknown,
): VersionStoreError {
  const advice = remedy === undefined ? "" : `; ${remedy}`;
  return new VersionStoreError("data-integrity", `${name} ${what}${advice} key=${key}`, {
    cause,
    details: { key },
  });
}

import { HASH_BYTES, loadChecksum, type Checksum } from "../checksum.ts";
import { checkMagic } from "../check-magic.ts";
import { CodecError } from "../codec-error.ts";
import { equalBytes } from "../equal-bytes.ts";
import { requireInteger } from "../require-integer.ts";
import { decodeCanonical } from "./decode-canonical.ts";
import type { DocumentValue } from "./document-value.ts";
import { encodeCanonical } from "./encode-canonical.ts";

const MAGIC = "FTDC";
const VERSION_AT = 8;
const ENVELOPE_AT = 10;
const LENGTH_AT = 12;
const PAYLOAD_AT = 16;
const ENVELOPE = 0;
const MAX_VERSION = 0xffff;

export interface OpenDocumentOptions {
  /** The newest version of this kind that the caller understands. */
  readonly maxVersion: number;
  /** Most bytes of the sealed document; more is refused unread. */
  readonly maxBytes: number;
}

/** What a sealed document holds. */
export interface OpenedDocument {
  readonly version: number;
  readonly value: DocumentValue;
}

/** Values to self-describing, hashed bytes and back. Synchronous; one per thread. */
export interface DocumentCodec {
  /**
   * Wraps a value. Equal arguments give equal bytes.
   *
   * @param kind four ASCII letters that say what the document is
   * @param version of this kind's content, 1 to 65,535
   * @returns fresh bytes; {@link documentHash} of them stands for all of them
   * @throws {CodecError} `invalid-argument`, `too-large`
   */
  seal(kind: string, version: number, value: DocumentValue): Uint8Array;

  /**
   * Verifies and unwraps a document.
   *
   * @param kind the kind that is expected here
   * @param bytes exactly one sealed document, at any alignment
   * @throws {CodecError} `not-a-frame` for anything but a document of this kind, `unsupported-version`, `truncated`,
   *   `damaged`, `too-large`, `not-canonical`, and `invalid-argument` for a bad kind or option
   */
  open(kind: string, options: OpenDocumentOptions, bytes: Uint8Array): OpenedDocument;
}

/** Makes a document codec. */
export async function createDocumentCodec(): Promise<DocumentCodec> {
  const checksum = await loadChecksum();
  return {
    seal: (kind, version, value) => seal(checksum, kind, version, value),
    open: (kind, options, bytes) => open(checksum, kind, options, bytes),
  };
}

/**
 * The hash that a sealed document carries: its last 16 bytes. Nothing is verified; `open` does that.
 *
 * @returns 16 fresh bytes
 * @throws {CodecError} `not-a-frame` or `truncated` when the bytes are no sealed document
 */
export function documentHash(bytes: Uint8Array): Uint8Array {
  checkMagic(bytes, MAGIC, "document");
  requireBytes(bytes, PAYLOAD_AT + HASH_BYTES);
  return new Uint8Array(bytes.subarray(bytes.length - HASH_BYTES));
}

function seal(checksum: Checksum, kind: string, version: number, value: DocumentValue): Uint8Array {
  requireKind(kind);
  requireInteger("version", version, 1, MAX_VERSION);
  const payload = encodeCanonical(value);
  const hashAt = PAYLOAD_AT + payload.length;
  const bytes = new Uint8Array(hashAt + HASH_BYTES);
  const view = new DataView(bytes.buffer, 0, bytes.length);
  new TextEncoder().encodeInto(MAGIC + kind, bytes);
  view.setUint16(VERSION_AT, version, true);
  view.setUint16(ENVELOPE_AT, ENVELOPE, true);
  view.setUint32(LENGTH_AT, payload.length, true);
  bytes.set(payload, PAYLOAD_AT);
  bytes.set(checksum.hash128(bytes.subarray(0, hashAt)), hashAt);
  return bytes;
}

function open(
  checksum: Checksum,
  kind: string,
  { maxVersion, maxBytes }: OpenDocumentOptions,
  bytes: Uint8Array,
): OpenedDocument {
  requireKind(kind);
  requireInteger("maxVersion", maxVersion, 1, MAX_VERSION);
  checkMagic(bytes, MAGIC + kind, `document of kind ${kind}`);
  if (bytes.length > maxBytes) {
    throw new CodecError(
      "too-large",
      `document is over the limit kind=${kind} limit=${maxBytes} found=${bytes.length}`,
      { details: { limit: maxBytes, found: bytes.length } },
    );
  }
  const payload = verifiedPayload(checksum, kind, bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(VERSION_AT, true);
  if (version === 0) throw new CodecError("damaged", `document has no version kind=${kind}`);
  if (version > maxVersion) throw newerVersion(kind, version, maxVersion);
  return { version, value: decodeCanonical(payload, { maxBytes }) };
}

/** The payload's bytes, once envelope, length and hash are right. */
function verifiedPayload(checksum: Checksum, kind: string, bytes: Uint8Array): Uint8Array {
  requireBytes(bytes, PAYLOAD_AT);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // First, because another envelope may have its hash elsewhere.
  const envelope = view.getUint16(ENVELOPE_AT, true);
  if (envelope !== ENVELOPE) throw newerVersion(`${kind} envelope`, envelope, ENVELOPE);
  const hashAt = PAYLOAD_AT + view.getUint32(LENGTH_AT, true);
  requireBytes(bytes, hashAt + HASH_BYTES);
  // With bytes after the hash, what should be the hash is too long to match.
  if (!equalBytes(checksum.hash128(bytes.subarray(0, hashAt)), bytes.subarray(hashAt))) {
    throw new CodecError("damaged", `document does not match its hash kind=${kind}`);
  }
  return bytes.subarray(PAYLOAD_AT, hashAt);
}

function newerVersion(kind: string, found: number, reads: number): CodecError {
  return new CodecError(
    "unsupported-version",
    `upgrade to read this version of the document kind=${kind} found=${found} reads=${reads}`,
    { details: { kind, found, reads } },
  );
}

function requireKind(kind: string): void {
  if (/^[A-Za-z]{4}$/.test(kind)) return;
  throw new CodecError("invalid-argument", `kind must be four ASCII letters kind=${kind}`);
}

function requireBytes(bytes: Uint8Array, neededBytes: number): void {
  if (bytes.length >= neededBytes) return;
  throw new CodecError(
    "truncated",
    `document is cut off needed=${neededBytes} found=${bytes.length}`,
    { details: { neededBytes } },
  );
}

import { encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import {
  DocumentReader,
  isVersionStoreError,
  type Library,
  type ResolveOptions,
} from "@foretile/version-store";

/** What became of a written record. */
export interface RecordResult {
  readonly version: number;
  /** `false` when the newest version said the same already. */
  readonly changed: boolean;
}

/** Publishes a small document as the next version of a symbol: no segments, everything in the manifest. */
export async function writeRecord(
  library: Library,
  symbol: string,
  handler: string,
  body: DocumentValue,
  options?: CallOptions,
): Promise<RecordResult> {
  const identity = encodeCanonical({ handler, body });
  await using transaction = await library.begin(symbol, options);
  const { version, changed } = await transaction.commit(
    () => ({ manifest: { handler, body, segments: [] }, identity, rawBytes: identity.length }),
    { ...options, skipUnchanged: true },
  );
  return { version, changed };
}

/** A record as a version has it. */
export interface StoredRecord {
  /** Of the record. */
  readonly version: number;
  readonly reader: DocumentReader;
}

/**
 * Reads a document written by {@link writeRecord}; `undefined` when there is no such symbol or version.
 *
 * @throws {VersionStoreError} `data-integrity`
 */
export async function readRecord(
  library: Library,
  symbol: string,
  handler: string,
  options?: ResolveOptions,
): Promise<StoredRecord | undefined> {
  try {
    const { manifest, version } = await library.resolve(symbol, options);
    const body = manifest.handler === handler ? manifest.body : undefined;
    return { version, reader: new DocumentReader(body, `${handler} of symbol ${symbol}`) };
  } catch (error) {
    if (isVersionStoreError(error, "no-data-found")) return undefined;
    throw error;
  }
}

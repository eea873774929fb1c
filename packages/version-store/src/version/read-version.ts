import type { CallOptions } from "@foretile/storage";
import { readDocument } from "../document/blob-documents.ts";
import { equalBytes } from "../document/content-hash.ts";
import { VERSION_KIND } from "../document/document-kind.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { readManifest } from "../manifest/read-manifest.ts";
import type { LoadedSegmentPage } from "../manifest/segment-pages.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { decodeVersionDocument, type VersionDocument } from "./version-document.ts";
import type { VersionEntry } from "./version-entry.ts";

/** One version's record: its entry and its document, without the list of its segments. */
export interface VersionRecord extends VersionEntry {
  readonly symbol: string;
  /** The user's own words; `null` when there are none. */
  readonly metadata: VersionDocument["metadata"];
  readonly effect: VersionDocument["effect"];
  readonly transactionId: string;
  readonly baseVersion: number;
  readonly stored: VersionDocument["manifest"];
}

/** One version of a symbol, resolved: everything but the segments' bytes. */
export interface Version extends VersionRecord {
  readonly manifest: Manifest;
  /** The pages that `manifest.segments` were read from. */
  readonly segmentPages: readonly LoadedSegmentPage[];
}

/**
 * Reads the version document that an entry points at, and checks that they belong together.
 *
 * @throws {VersionStoreError} `data-integrity`, `format-too-new`
 */
export async function readVersionDocument(
  context: LibraryContext,
  symbol: string,
  entry: VersionEntry,
  options?: CallOptions,
): Promise<VersionDocument> {
  const { blobs, documents } = context;
  const document = decodeVersionDocument(
    await readDocument(blobs, documents, VERSION_KIND, entry.document, options),
  );
  if (
    document.symbol !== symbol ||
    document.version !== entry.version ||
    document.commitId !== entry.commitId ||
    !equalBytes(document.contentHash, entry.contentHash)
  ) {
    throw new VersionStoreError(
      "data-integrity",
      `version document belongs to another version symbol=${symbol} version=${entry.version}`,
      { details: { key: entry.document.key } },
    );
  }
  return document;
}

/**
 * Like {@link readVersionDocument}, joined with the entry.
 *
 * @throws {VersionStoreError} `data-integrity`, `format-too-new`
 */
export async function readVersionRecord(
  context: LibraryContext,
  symbol: string,
  entry: VersionEntry,
  options?: CallOptions,
): Promise<VersionRecord> {
  const document = await readVersionDocument(context, symbol, entry, options);
  const { metadata, effect, transactionId, baseVersion, manifest } = document;
  return { ...entry, symbol, metadata, effect, transactionId, baseVersion, stored: manifest };
}

/**
 * Reads a version's record and manifest.
 *
 * @throws {VersionStoreError} `data-integrity`, `format-too-new`; `no-data-found` for a `delete`
 */
export async function readVersion(
  context: LibraryContext,
  symbol: string,
  entry: VersionEntry,
  options?: CallOptions,
): Promise<Version> {
  const record = await readVersionRecord(context, symbol, entry, options);
  return loadManifest(context, record, options);
}

/** Completes a record by its manifest. */
export async function loadManifest(
  context: LibraryContext,
  record: VersionRecord,
  options?: CallOptions,
): Promise<Version> {
  if (record.stored === undefined) {
    throw new VersionStoreError(
      "no-data-found",
      `symbol was deleted symbol=${record.symbol} version=${record.version}`,
      { details: { symbol: record.symbol, version: record.version } },
    );
  }
  const { manifest, pages } = await readManifest(context, record.stored, options);
  return { ...record, manifest, segmentPages: pages };
}

import type { CallOptions } from "@foretile/storage";
import { readDocument } from "../document/blob-documents.ts";
import { equalBytes } from "../document/content-hash.ts";
import { MANIFEST_KIND, VERSION_KIND } from "../document/document-kind.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { decodeManifest, type Manifest } from "../manifest/manifest.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { decodeVersionDocument } from "./version-document.ts";
import type { VersionEntry } from "./version-entry.ts";

/** One version of a symbol, resolved: everything but the segments' bytes. */
export interface Version extends VersionEntry {
  readonly symbol: string;
  readonly manifest: Manifest;
}

/**
 * Reads the version document and the manifest that an entry points at, and checks that they belong together.
 *
 * @throws {VersionStoreError} `data-integrity`, `format-too-new`
 */
export async function readVersion(
  context: LibraryContext,
  symbol: string,
  entry: VersionEntry,
  options?: CallOptions,
): Promise<Version> {
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
  const manifest = decodeManifest(
    await readDocument(blobs, documents, MANIFEST_KIND, document.manifest, options),
  );
  return { ...entry, symbol, manifest };
}

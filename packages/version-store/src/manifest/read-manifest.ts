import type { CallOptions } from "@foretile/storage";
import { readDocument } from "../document/blob-documents.ts";
import { MANIFEST_KIND, SEGMENT_PAGE_KIND } from "../document/document-kind.ts";
import { DocumentReader } from "../document/document-reader.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { Manifest, SegmentEntry } from "./manifest.ts";
import { decodeSegments } from "./segment-columns.ts";
import type { LoadedSegmentPage } from "./segment-pages.ts";
import { decodeManifestRoot, type ManifestRoot, type StoredManifest } from "./stored-manifest.ts";

/** A manifest with the pages it was read from, so that a version built on it can point at them. */
export interface LoadedManifest {
  readonly manifest: Manifest;
  readonly pages: readonly LoadedSegmentPage[];
}

/** Pages are small; this many at a time keep a link busy. */
const PAGES_AT_A_TIME = 16;

/** Reads a manifest's root alone: what the handler says, and where the segment entries are. */
export async function readManifestRoot(
  context: LibraryContext,
  stored: StoredManifest,
  options?: CallOptions,
): Promise<ManifestRoot> {
  const value =
    stored.pointer === undefined
      ? stored.root
      : await readDocument(
          context.blobs,
          context.documents,
          MANIFEST_KIND,
          stored.pointer,
          options,
        );
  return decodeManifestRoot(new DocumentReader(value, "manifest"));
}

/** @throws {VersionStoreError} `data-integrity`, `format-too-new` */
export async function readManifest(
  context: LibraryContext,
  stored: StoredManifest,
  options?: CallOptions,
): Promise<LoadedManifest> {
  const root = await readManifestRoot(context, stored, options);
  const pages: LoadedSegmentPage[] = [];
  for (let start = 0; start < root.pages.length; start += PAGES_AT_A_TIME) {
    const some = root.pages.slice(start, start + PAGES_AT_A_TIME);
    pages.push(...(await Promise.all(some.map((page) => readSegmentPage(context, page, options)))));
  }
  const segments = [...pages.flatMap((page) => page.segments), ...tailSegments(root)];
  return { manifest: { handler: root.handler, body: root.body, segments }, pages };
}

/** The entries that stand in the root itself, after those of its pages. */
export function tailSegments(root: ManifestRoot): SegmentEntry[] {
  return decodeSegments(new DocumentReader(root.tail, "manifest"), "manifest");
}

/** @throws {VersionStoreError} `data-integrity`, `format-too-new` */
export async function readSegmentPage(
  context: LibraryContext,
  { pointer, count }: ManifestRoot["pages"][number],
  options?: CallOptions,
): Promise<LoadedSegmentPage> {
  const { blobs, documents } = context;
  const value = await readDocument(blobs, documents, SEGMENT_PAGE_KIND, pointer, options);
  const segments = decodeSegments(new DocumentReader(value, "segment page"), "segment page");
  if (segments.length !== count) {
    throw new VersionStoreError(
      "data-integrity",
      `segment page holds another number of segments than its manifest says key=${pointer.key}`,
      { details: { key: pointer.key, wanted: count, found: segments.length } },
    );
  }
  return { pointer, count, segments };
}

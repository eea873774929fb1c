import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { DocumentPointer } from "../document/blob-documents.ts";
import { DocumentReader } from "../document/document-reader.ts";
import { versionOfSegments } from "./segment-columns.ts";
import { decodePointer, encodePointer } from "../version/version-entry.ts";

/** A page of segment entries, as a manifest root points at it. */
export interface SegmentPagePointer {
  readonly pointer: DocumentPointer;
  /** How many segments are in it. */
  readonly count: number;
}

/**
 * A manifest as it is stored: a root with the handler's body, and the segment entries either in the root or, when there
 * are many, in pages. A version whose segments are another one's points at the same pages.
 */
export interface ManifestRoot {
  readonly handler: string;
  readonly body: DocumentValue;
  readonly pages: readonly SegmentPagePointer[];
  /** The entries after those of the pages, encoded. */
  readonly tail: DocumentValue;
}

/** Where a version's manifest root is: in the version document itself when it is small, else a document of its own. */
export type StoredManifest =
  | { readonly root: DocumentValue; readonly pointer?: undefined }
  | { readonly root?: undefined; readonly pointer: DocumentPointer };

/** The document version of whatever contains a manifest, or points at it. */
export function versionOfManifest({ root }: StoredManifest): number {
  return root === undefined
    ? 1
    : versionOfSegments(new DocumentReader(root, "manifest").value("tail"));
}

export function encodeStoredManifest(stored: StoredManifest): DocumentValue {
  return stored.pointer === undefined
    ? { root: stored.root }
    : { pointer: encodePointer(stored.pointer) };
}

export function decodeStoredManifest(reader: DocumentReader): StoredManifest {
  return reader.has("root")
    ? { root: reader.value("root") }
    : { pointer: decodePointer(reader.record("pointer")) };
}

export function encodeManifestRoot(root: ManifestRoot): DocumentValue {
  return {
    handler: root.handler,
    body: root.body,
    pages: root.pages.map(({ pointer, count }) => ({ page: encodePointer(pointer), count })),
    tail: root.tail,
  };
}

export function decodeManifestRoot(reader: DocumentReader): ManifestRoot {
  return {
    handler: reader.text("handler"),
    body: reader.value("body"),
    pages: reader.records("pages", (page) => ({
      pointer: decodePointer(page.record("page")),
      count: page.integer("count", 1),
    })),
    tail: reader.value("tail"),
  };
}

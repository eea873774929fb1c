import { encodeCanonical } from "@foretile/codecs/msgpack";
import { MANIFEST_KIND, SEGMENT_PAGE_KIND } from "../document/document-kind.ts";
import type { Workspace } from "../commit/workspace.ts";
import type { Manifest } from "./manifest.ts";
import { encodeSegments, versionOfSegments } from "./segment-columns.ts";
import { planPages, type LoadedSegmentPage } from "./segment-pages.ts";
import { encodeManifestRoot, type StoredManifest } from "./stored-manifest.ts";

/** A manifest root of at most this many bytes stands in the version document and costs no request of its own. */
const MAX_INLINE_ROOT_BYTES = 64 * 1024;

/** A manifest whose documents are on their way to the store. */
export interface StartedManifest {
  readonly stored: StoredManifest;
  /** Its pages, for whoever builds on it. */
  readonly pages: readonly LoadedSegmentPage[];
  /** Uploads that must be over before anything is published. */
  readonly uploads: readonly Promise<void>[];
}

/**
 * Starts to store a manifest.
 *
 * @param basePages pages of the version it builds on, pointed at where nothing changed
 */
export function startManifest(
  workspace: Workspace,
  manifest: Manifest,
  basePages: readonly LoadedSegmentPage[],
): StartedManifest {
  const uploads: Promise<void>[] = [];
  const plan = planPages(manifest.segments, basePages);
  const pages = plan.pages.map((page): LoadedSegmentPage => {
    if (page.stored !== undefined) return page.stored;
    const { segments } = page;
    const value = encodeSegments(segments);
    const version = versionOfSegments(value);
    const started = workspace.startDocument("m", SEGMENT_PAGE_KIND, value, { version });
    uploads.push(started.stored);
    return { pointer: started.pointer, count: segments.length, segments };
  });
  const tail = encodeSegments(plan.tail);
  const { handler, body } = manifest;
  const root = encodeManifestRoot({ handler, body, pages, tail });
  if (encodeCanonical(root).length <= MAX_INLINE_ROOT_BYTES) {
    return { stored: { root }, pages, uploads };
  }
  const version = versionOfSegments(tail);
  const started = workspace.startDocument("m", MANIFEST_KIND, root, { version });
  uploads.push(started.stored);
  return { stored: { pointer: started.pointer }, pages, uploads };
}

import type { SegmentEntry } from "../manifest/manifest.ts";
import { readManifestRoot, readSegmentPage, tailSegments } from "../manifest/read-manifest.ts";
import type {
  ManifestRoot,
  SegmentPagePointer,
  StoredManifest,
} from "../manifest/stored-manifest.ts";
import { readVersionDocument } from "../version/read-version.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import type { Damage } from "./damage.ts";
import { runBounded } from "./run-bounded.ts";
import { READS_AT_ONCE, type VersionPlace, type Walk, type WalkedVersion } from "./walk.ts";

/** What walking a version found. */
export interface VersionFindings {
  /** Whether the version and all below it is sound. */
  readonly sound: boolean;
  /** `undefined` when it was met before or its document is damaged. */
  readonly version: WalkedVersion | undefined;
}

/** Walks one version: its document, its manifest, and the pages that were not met before. */
export async function walkVersion(
  walk: Walk,
  place: VersionPlace,
  entry: VersionEntry,
  damages: Damage[],
): Promise<VersionFindings> {
  let version: WalkedVersion | undefined;
  const sound = await walk.through(
    entry.document,
    { what: "version", ...place },
    damages,
    () => readVersionDocument(walk.context, place.symbol, entry, walk.options),
    async (document) => {
      const sum: SegmentSum = { bytes: 0, complete: true };
      const ok =
        document.manifest === undefined ||
        (await walkManifest(walk, place, document.manifest, sum, damages));
      const segmentBytes = sum.complete ? sum.bytes : undefined;
      version = { place, entry, document, segmentBytes };
      walk.visitor.version?.(version);
      return ok;
    },
  );
  return { sound, version };
}

/** Bytes of the segments met so far; not complete when a page was passed over. */
interface SegmentSum {
  bytes: number;
  complete: boolean;
}

async function walkManifest(
  walk: Walk,
  place: VersionPlace,
  stored: StoredManifest,
  sum: SegmentSum,
  damages: Damage[],
): Promise<boolean> {
  const { pointer } = stored;
  const read = () => readManifestRoot(walk.context, stored, walk.options);
  if (pointer === undefined) {
    return walkRoot(walk, place, await read(), sum, damages);
  }
  let met = true;
  const sound = await walk.through(
    pointer,
    { what: "manifest", ...place },
    damages,
    read,
    async (root) => {
      met = false;
      return walkRoot(walk, place, root, sum, damages);
    },
  );
  if (met) sum.complete = false;
  return sound;
}

async function walkRoot(
  walk: Walk,
  place: VersionPlace,
  root: ManifestRoot,
  sum: SegmentSum,
  damages: Damage[],
): Promise<boolean> {
  let sound = true;

  const visit = async (entries: readonly SegmentEntry[]): Promise<boolean> => {
    for (const { length } of entries) sum.bytes += length;
    const found = await walk.visitor.segments(entries, { ...place, handler: root.handler });
    damages.push(...found);
    return found.length === 0;
  };

  const walkPage = async (page: SegmentPagePointer): Promise<void> => {
    let met = true;
    const ok = await walk.through(
      page.pointer,
      { what: "segment-page", ...place },
      damages,
      () => readSegmentPage(walk.context, page, walk.options),
      async ({ segments }) => {
        met = false;
        return visit(segments);
      },
    );
    if (met) sum.complete = false;
    if (!ok) sound = false;
  };

  await runBounded(root.pages, READS_AT_ONCE, walkPage);
  const tail = tailSegments(root);
  if (tail.length > 0 && !(await visit(tail))) sound = false;
  return sound;
}

import { encodeCanonical } from "@foretile/codecs/msgpack";
import { equalBytes, toHex } from "../document/content-hash.ts";
import { segmentEntryKey, type Manifest, type SegmentEntry } from "../manifest/manifest.ts";
import type { Version } from "../version/read-version.ts";
import { resolveVersion } from "../version/resolve-version.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import type { CopyJob } from "./copy-job.ts";
import type { WantedVersion } from "./plan-symbol.ts";
import { publishDelete, publishShared, publishValue } from "./publish-copy.ts";

/** A version of the source, and its segments at the target in the same order. */
interface CopiedVersion {
  readonly original: Version;
  readonly segments: readonly SegmentEntry[];
}

/**
 * Copies versions of one symbol, oldest first. What a version shares with the one before it, or with an earlier one of
 * the same content, it shares at the target too.
 */
export class SymbolCopier {
  readonly #job: CopyJob;
  readonly #symbol: string;
  /** The target's newest version, as far as its segments may be shared. */
  #newest: CopiedVersion | undefined;
  /** The latest version that both libraries have of each content. */
  readonly #byContent = new Map<string, WantedVersion>();

  constructor(job: CopyJob, symbol: string) {
    this.#job = job;
    this.#symbol = symbol;
  }

  /** Tells of a version that the target has. */
  addPresent(wanted: WantedVersion): void {
    if (wanted.entry.operation === "delete") return;
    this.#byContent.set(toHex(wanted.entry.contentHash), wanted);
  }

  /** Tells of the target's newest version. What cannot be read at either end is not shared. */
  async buildOn({ operation, commitId }: VersionEntry): Promise<void> {
    if (operation === "delete") return;
    const { source, target, call } = this.#job;
    const options = { ...call, asOf: { commitId } };
    const [original, copy] = await Promise.allSettled([
      source.resolve(this.#symbol, options),
      resolveVersion(target, this.#symbol, options),
    ]);
    call.signal?.throwIfAborted();
    if (original.status === "rejected" || copy.status === "rejected") return;
    this.#newest = { original: original.value, segments: copy.value.manifest.segments };
  }

  /**
   * Copies one version, or only counts what would be copied.
   *
   * @throws {DamagedSegmentError | VersionStoreError} what is wrong with it at the source, or `version-taken` when
   *   somebody gave its number out at the target. Nothing of the version is at the target then
   */
  async copy(wanted: WantedVersion): Promise<void> {
    const { tally } = this.#job;
    if (wanted.entry.operation === "delete") {
      if (!this.#job.dryRun) await publishDelete(this.#job, this.#symbol, wanted.entry);
      this.#newest = undefined;
    } else {
      const original = await this.#resolve(wanted);
      this.#newest = { original, segments: await this.#copyValue(wanted, original) };
      this.addPresent(wanted);
    }
    tally.versions.copied += 1;
  }

  /** @returns the version's segments at the target; in a dry run, as if it were the source */
  async #copyValue(wanted: WantedVersion, original: Version): Promise<readonly SegmentEntry[]> {
    const { dryRun, segments, tally } = this.#job;
    const { manifest } = original;
    const twin = await this.#findTwin(wanted, manifest);
    if (twin !== undefined) {
      return dryRun ? manifest.segments : publishShared(this.#job, original, twin);
    }
    const shared = this.#sharedSegments(manifest);
    const distinct = new Map(manifest.segments.map((entry) => [segmentEntryKey(entry), entry]));
    const missing = [...distinct].filter(([key]) => !shared.has(key)).map(([, entry]) => entry);
    if (!dryRun) return publishValue(this.#job, original, shared, missing);
    for (const { length } of missing) tally.addSegment(length, segments.knows(manifest.handler));
    return manifest.segments;
  }

  #resolve({ entry, snapshot }: WantedVersion): Promise<Version> {
    const asOf = snapshot === undefined ? entry.version : { snapshot };
    return this.#job.source.resolve(this.#symbol, { ...this.#job.call, asOf });
  }

  /** The number of an earlier version that consists of the very same segments. */
  async #findTwin({ entry }: WantedVersion, manifest: Manifest): Promise<number | undefined> {
    const twin = this.#byContent.get(toHex(entry.contentHash));
    if (twin === undefined) return undefined;
    const newest = this.#newest?.original;
    const original = newest?.version === twin.entry.version ? newest : await this.#readable(twin);
    const isTwin = original !== undefined && isSameManifest(original.manifest, manifest);
    return isTwin ? twin.entry.version : undefined;
  }

  /** Sharing is only a saving: a twin that cannot be read is none. */
  async #readable(wanted: WantedVersion): Promise<Version | undefined> {
    try {
      return await this.#resolve(wanted);
    } catch {
      this.#job.call.signal?.throwIfAborted();
      return undefined;
    }
  }

  /** Segments of the target's newest version that are in `manifest` too, by their keys at the source. */
  #sharedSegments(manifest: Manifest): ReadonlyMap<string, SegmentEntry> {
    const shared = new Map<string, SegmentEntry>();
    if (this.#newest === undefined) return shared;
    const { original, segments } = this.#newest;
    const wanted = new Set(manifest.segments.map(segmentEntryKey));
    for (const [position, entry] of original.manifest.segments.entries()) {
      const key = segmentEntryKey(entry);
      const copy = segments[position];
      if (copy !== undefined && wanted.has(key) && isSameSegment(entry, copy))
        shared.set(key, copy);
    }
    return shared;
  }
}

/** Whether two segments have the same bytes, wherever they are. */
export function isSameSegment(left: SegmentEntry, right: SegmentEntry): boolean {
  return left.length === right.length && equalBytes(left.hash, right.hash);
}

/** Whether two versions of one library consist of the same segments and say the same about them. */
function isSameManifest(left: Manifest, right: Manifest): boolean {
  return (
    left.handler === right.handler &&
    left.segments.length === right.segments.length &&
    left.segments.every((entry, position) => {
      const other = right.segments[position];
      return other !== undefined && segmentEntryKey(entry) === segmentEntryKey(other);
    }) &&
    equalBytes(encodeCanonical(left.body), encodeCanonical(right.body))
  );
}

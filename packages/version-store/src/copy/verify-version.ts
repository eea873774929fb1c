import { encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import { equalBytes } from "../document/content-hash.ts";
import { segmentEntryKey, type Manifest } from "../manifest/manifest.ts";
import { readSegments } from "../placement/read-segments.ts";
import type { VersionRecord } from "../version/read-version.ts";
import { resolveVersion } from "../version/resolve-version.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import type { CopyJob } from "./copy-job.ts";
import type { WantedVersion } from "./plan-symbol.ts";
import { DamagedSegmentError } from "./segment-reader.ts";
import { isSameSegment } from "./symbol-copier.ts";

/**
 * Reads a version back from the target, every byte of it, and compares it with the source.
 *
 * @returns in plain words what is different; `undefined` when nothing is
 */
export async function verifyVersion(
  job: CopyJob,
  symbol: string,
  { entry, snapshot }: WantedVersion,
): Promise<string | undefined> {
  if (entry.operation === "delete") return undefined;
  const { source, target, segments: reader, call } = job;
  const asOf = snapshot === undefined ? entry.version : { snapshot };
  const original = await source.resolve(symbol, { ...call, asOf });
  try {
    const copy = await resolveVersion(target, symbol, { ...call, asOf: entry.version });
    // A version that was there before with the same content may be cut in another way.
    const difference =
      copy.commitId === original.commitId
        ? (differentRecord(original, copy) ?? differentManifest(original.manifest, copy.manifest))
        : differentContent(original, copy);
    if (difference !== undefined) return difference;
    const { handler, segments } = copy.manifest;
    const distinct = new Map(segments.map((segment) => [segmentEntryKey(segment), segment]));
    await reader.each(distinct.values(), {
      handler,
      read: (groups) => readSegments(target, groups, call),
      use: async () => undefined,
      signal: call.signal,
    });
    return undefined;
  } catch (error) {
    if (error instanceof DamagedSegmentError) return error.message;
    if (isVersionStoreError(error, "data-integrity", "no-data-found")) return error.message;
    throw error;
  }
}

/** The time is not among them: it is later at the target when the version before it is. */
const sameFacts = ["operation", "rows", "rawBytes", "storedBytes", "user", "message"] as const;

function differentContent(original: VersionRecord, copy: VersionRecord): string | undefined {
  return equalBytes(original.contentHash, copy.contentHash)
    ? undefined
    : "it has another content hash";
}

function differentRecord(original: VersionRecord, copy: VersionRecord): string | undefined {
  const different = sameFacts.find((name) => original[name] !== copy[name]);
  if (different !== undefined) return `it has another ${different}`;
  if (!isSame(original.metadata, copy.metadata)) return "it has other metadata";
  return differentContent(original, copy);
}

function differentManifest(original: Manifest, copy: Manifest): string | undefined {
  const isSameList =
    original.segments.length === copy.segments.length &&
    original.segments.every((entry, position) => {
      const other = copy.segments[position];
      return other !== undefined && isSameSegment(entry, other) && isSame(entry.facts, other.facts);
    });
  const isSameManifest =
    isSameList && original.handler === copy.handler && isSame(original.body, copy.body);
  return isSameManifest ? undefined : "it has another manifest";
}

function isSame(left: DocumentValue, right: DocumentValue): boolean {
  return equalBytes(encodeCanonical(left), encodeCanonical(right));
}

import { toHex, type ListedVersion, type VersionEntry } from "@foretile/version-store";

/** One state of a request. */
export interface RequestVersion {
  readonly version: number;
  /** SHA-256 of what the version says, 64 hexadecimal characters. */
  readonly versionHash: string;
  /** Wall-clock milliseconds of the commit. */
  readonly publishedAtMs: number;
  /** Bytes of its tiles as float32. */
  readonly rawBytes: number;
  /** Bytes of its segments. */
  readonly storedBytes: number;
}

/** One of the states of a request, and what keeps it. */
export interface ListedRequestVersion extends RequestVersion {
  /** The snapshots that pin it, in the order of UTF-16 code units. */
  readonly snapshots: readonly string[];
}

export function requestVersion(entry: VersionEntry): RequestVersion {
  return {
    version: entry.version,
    versionHash: toHex(entry.contentHash),
    publishedAtMs: entry.committedAtMs,
    rawBytes: entry.rawBytes,
    storedBytes: entry.storedBytes,
  };
}

export function listedRequestVersion(listed: ListedVersion): ListedRequestVersion {
  return { ...requestVersion(listed), snapshots: listed.snapshots };
}

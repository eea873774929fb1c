import type { CallOptions } from "@foretile/storage";
import type { BlobTotals } from "../collect/collect-report.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import type { Finding, FindingCounts } from "./finding.ts";

/**
 * How much a check looks at.
 *
 * - 0: the structure: every record and document parses, and each is the one that the one above it names
 * - 1: also that every segment is there and as long as it should be, and what is there that should not be; lists all
 *   blobs, and makes no request per segment
 * - 2: also the bytes of every segment, and what packs say of the segments in them
 */
export type CheckLevel = 0 | 1 | 2;

/**
 * Verifies one segment.
 *
 * @param bytes all of it
 * @throws when the bytes are not those that the entry stands for
 */
export type SegmentVerifier = (bytes: Uint8Array, entry: SegmentEntry) => void | Promise<void>;

/** How far a check is. */
export interface CheckProgress {
  /** `list`: `done` counts blobs. `walk`: `done` counts heads and snapshots. */
  readonly phase: "list" | "walk";
  readonly done: number;
  /** Bytes of segments that were verified so far. */
  readonly verifiedBytes: number;
}

export interface CheckOptions extends CallOptions {
  /** Default 1. */
  readonly level?: CheckLevel | undefined;
  /** Only these symbols, with what snapshots pin of them. Default: all; only then leftovers are looked for. */
  readonly symbols?: readonly string[] | undefined;
  /** Only symbols that start with this. Not together with `symbols`. */
  readonly prefix?: string | undefined;
  /**
   * How segments are verified at level 2, by the handler that their manifests name. Those of typed values are known;
   * without a verifier a handler's segments are only compared in length, and a note says so.
   */
  readonly verifiers?: ReadonlyMap<string, SegmentVerifier> | undefined;
  /** Most bytes of segments in memory at a time. One longer segment is read alone. Default 64 MiB. */
  readonly maxBytesInFlight?: number | undefined;
  /** The report keeps at most this many findings, the first ones. Default 1 000. */
  readonly maxFindings?: number | undefined;
  /** Told of every finding. */
  readonly onFinding?: ((finding: Finding) => void) | undefined;
  readonly onProgress?: ((progress: CheckProgress) => void) | undefined;
}

/** What a check looked at and found. */
export interface CheckReport {
  readonly level: CheckLevel;
  /** Whether there is no finding of severity `error`. */
  readonly healthy: boolean;
  /** The first findings; see `counts` for how many there are. */
  readonly findings: readonly Finding[];
  readonly counts: FindingCounts;
  readonly symbols: number;
  /** Versions that could be read, those that were removed and not yet collected included. */
  readonly versions: number;
  readonly snapshots: number;
  /** Distinct segments, and their bytes. */
  readonly segments: BlobTotals;
  /** Distinct segments whose bytes were verified. */
  readonly verified: BlobTotals;
}

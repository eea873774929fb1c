import type { CallOptions } from "@foretile/storage";
import type { SegmentVerifier } from "../check/check-options.ts";
import type { BlobTotals } from "../collect/collect-report.ts";
import type { Snapshots } from "../library/snapshots.ts";
import type { Transactions } from "../library/transactions.ts";
import type { Versions } from "../library/versions.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { CellAddress } from "../placement/segment-location.ts";

/** A library that is copied from: only read. */
export interface CopySource
  extends
    Pick<Transactions, "resolve" | "readSegments">,
    Pick<Versions, "listSymbols" | "listVersions">,
    Pick<Snapshots, "listSnapshots" | "listSnapshotSymbols"> {}

/** Tells for segments of a manifest, by their `segmentEntryKey`, in which cells they go. Others are left out. */
export type CellAssigner = (manifest: Manifest) => ReadonlyMap<string, CellAddress>;

/** Which versions of each symbol are copied: the newest, all that can be read by number, or so many newest. */
export type CopiedVersions = "newest" | "all" | { readonly last: number };

/** How far a copy is. */
export interface CopyProgress {
  readonly symbols: number;
  /** Symbols there are to look at; `undefined` until they are counted. */
  readonly totalSymbols: number | undefined;
  /** Versions that were copied. */
  readonly versions: number;
  /** Bytes of segments that were copied. */
  readonly bytes: number;
}

/**
 * Why something was not copied, or is not the same.
 *
 * - `damaged`: what is stored of it, mostly at the source, is missing or is not what was written
 * - `gone`: the source does not have it, or not any more
 * - `diverged`: the target has another version under that number, or other pins under that name; nothing of that symbol
 *   or snapshot was changed
 * - `too-late`: the target has later versions of the symbol, and numbers only grow
 * - `incomplete`: a snapshot was not made, since a version it pins was not copied, or its name is taken for good or by
 *   one that is being made
 * - `different`: the target does not have what was copied
 */
export type CopyProblemKind =
  | "damaged"
  | "gone"
  | "diverged"
  | "too-late"
  | "incomplete"
  | "different";

export interface CopyProblem {
  readonly kind: CopyProblemKind;
  readonly symbol?: string | undefined;
  readonly version?: number | undefined;
  readonly snapshot?: string | undefined;
  /** Where it is in the source, for a head or a snapshot whose name cannot be read. */
  readonly key?: string | undefined;
  /** What is wrong, in one line of plain words. */
  readonly message: string;
}

export interface CopyOptions extends CallOptions {
  /** Only symbols that start with this. Default: all. */
  readonly prefix?: string | undefined;
  /** Only these symbols. Not together with `prefix`. */
  readonly symbols?: readonly string[] | undefined;
  /** Default `newest`. */
  readonly versions?: CopiedVersions | undefined;
  /** Snapshots too, with what they pin; only of a whole library. Default `false`. */
  readonly snapshots?: boolean | undefined;
  /** Only find out what would be copied; the target is not changed. Default `false`. */
  readonly dryRun?: boolean | undefined;
  /** Read all wanted versions back from the target, and compare them. Default `false`. */
  readonly verify?: boolean | undefined;
  /**
   * How segments are verified on the way, by the handler that their manifests name. Those of typed values are known;
   * without a verifier a handler's segments are only compared in length, and counted as unverified.
   */
  readonly verifiers?: ReadonlyMap<string, SegmentVerifier> | undefined;
  /**
   * Where segments go in a target whose placement is `cells`, by the handler that their manifests name. Default: those
   * that are cells at the source go to the same place, all others to blobs.
   */
  readonly cells?: ReadonlyMap<string, CellAssigner> | undefined;
  /** So many symbols are under way at a time, 1 to 64. Default 4. */
  readonly symbolsAtOnce?: number | undefined;
  /** Most bytes of segments in memory at a time. One longer segment is copied alone. Default 64 MiB. */
  readonly maxBytesInFlight?: number | undefined;
  /** The report keeps at most this many problems, the first ones. Default 1 000. */
  readonly maxProblems?: number | undefined;
  readonly onProblem?: ((problem: CopyProblem) => void) | undefined;
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
}

/** What was copied, or would be. */
export interface CopyReport {
  readonly dryRun: boolean;
  readonly symbols: {
    /** That were looked at. */
    readonly found: number;
    /** Of which something was copied. */
    readonly copied: number;
  };
  readonly versions: {
    readonly copied: number;
    /** That the target had already. */
    readonly present: number;
    /** That were read back. */
    readonly verified: number;
  };
  /** Segments that were copied. What versions share is copied once. */
  readonly segments: BlobTotals;
  /** Segments among them whose bytes no verifier knows. */
  readonly unverifiedSegments: number;
  readonly snapshots: { readonly copied: number; readonly present: number };
  /** The first problems; see `problemCount` for how many there are. */
  readonly problems: readonly CopyProblem[];
  readonly problemCount: number;
}

/** Blobs and their bytes. */
export interface BlobTotals {
  readonly blobs: number;
  readonly bytes: number;
}

/** Blobs by what they are. */
export interface AreaTotals {
  /** Segments that are blobs of their own. */
  readonly segments: BlobTotals;
  /** Packs of segments. */
  readonly packs: BlobTotals;
  /** Lists of cells; the cells themselves are in tables, and not counted. */
  readonly cellLists: BlobTotals;
  readonly manifests: BlobTotals;
  readonly versions: BlobTotals;
  /** Pages of history and of removed versions. */
  readonly historyPages: BlobTotals;
  readonly snapshotPages: BlobTotals;
}

/** What one transaction stored that nobody needs. */
export interface OwnerTotals extends BlobTotals {
  readonly transactionId: string;
}

/**
 * A complete version that neither a head nor a removal names, though its transaction is over: its symbol's head was lost
 * or went back in time. A collection keeps it.
 */
export interface StrandedVersion {
  readonly symbol: string;
  readonly version: number;
  /** Of its document. */
  readonly key: string;
  /** The highest number that the head knows of, lower than `version`; `undefined` when there is no head. */
  readonly headVersion: number | undefined;
}

/** Requests to the store; each batch of a listing is one. */
export interface RequestTotals {
  readonly blobReads: number;
  readonly blobLists: number;
  readonly blobDeletes: number;
  readonly refReads: number;
  readonly refLists: number;
  readonly refChanges: number;
  /** Anything that stores new blobs. */
  readonly blobWrites: number;
  /** Batches of rows that were read, for segments that are cells. */
  readonly rowReads: number;
  /** Batches of rows that were changed: the cells that were deleted were in them. */
  readonly rowChanges: number;
}

/** What a collection did, or would do. */
export interface CollectReport {
  readonly dryRun: boolean;
  /** All blobs that were found; with `symbols`, those of the removed versions. */
  readonly found: AreaTotals;
  /** What was deleted, or would be. */
  readonly deleted: AreaTotals;
  /** The transactions that `deleted` belonged to, most bytes first; at most {@link MAX_OWNERS}. */
  readonly owners: readonly OwnerTotals[];
  /** Removed versions that are gone for good now. */
  readonly versions: number;
  /** Deleted snapshots that are gone for good now. */
  readonly snapshots: number;
  /** Transactions that outlived their lifetime and were given up. */
  readonly expired: readonly string[];
  /**
   * Snapshots and restores that were being made and did not end in time. Removed versions and deleted snapshots stay
   * until a later collection because of them; none when empty.
   */
  readonly deferredBy: readonly string[];
  /** At most {@link MAX_OWNERS}. */
  readonly stranded: readonly StrandedVersion[];
  /** Blobs under keys that no library uses. They are left alone. */
  readonly foreign: number;
  readonly requests: RequestTotals;
}

/** Lists in a report have at most this many items. */
export const MAX_OWNERS = 100;

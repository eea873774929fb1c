import type { CallOptions } from "@foretile/storage";

/** How far a collection is. */
export interface CollectProgress {
  /**
   * - `list`: finding what is stored; `done` counts blobs
   * - `mark`: finding what is needed; `done` counts heads and snapshots
   * - `sweep`: deleting the rest; `done` counts blobs, of `total`
   */
  readonly phase: "list" | "mark" | "sweep";
  readonly done: number;
  readonly total: number | undefined;
}

export interface CollectOptions extends CallOptions {
  /** Only find out what would be deleted; the store is not changed at all. Default `false`. */
  readonly dryRun?: boolean | undefined;
  /**
   * Only collect what was removed from these symbols. Lists nothing and reads little beyond these symbols, but leaves
   * what crashed transactions, deleted snapshots and replaced pages left behind. Default: the whole library.
   */
  readonly symbols?: readonly string[] | undefined;
  /** Transactions that began less than this long ago, in milliseconds, are left alone. Default 0. */
  readonly minAgeMs?: number | undefined;
  /** Refuse to delete more than this share of all bytes, 0 to 1. Default 0.5. Not asked with `symbols`. */
  readonly maxShare?: number | undefined;
  /** Delete whatever share it is. Default `false`. */
  readonly force?: boolean | undefined;
  /**
   * How long to wait, in milliseconds, for snapshots and restores that are being made; they may still refer to what was
   * removed. What was removed stays when they take longer. Default 60 000.
   */
  readonly waitMs?: number | undefined;
  readonly onProgress?: ((progress: CollectProgress) => void) | undefined;
}

import type { CallOptions } from "@foretile/storage";
import type { AsOf } from "@foretile/version-store";
import type { TraceQuery } from "../query/trace-query.ts";
import type { TraceStoreError } from "../trace-store-error.ts";

/** Positions, half-open: `from` ≤ position < `to`. */
export interface PositionRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Which state of several tiles: what a snapshot of the library pins, or what was newest at a time. A time is compared
 * with the times that writers' clocks gave; a snapshot is exact.
 */
export type SetAsOf = Exclude<AsOf, number | { readonly commitId: string }>;

/** Which traces. */
export interface TraceSelection {
  /** Those that meet these conditions. Default: all. */
  readonly where?: TraceQuery | undefined;
  /** Only these, as made by `encodeTraceId`. */
  readonly ids?: readonly string[] | undefined;
}

/** How several tiles are read. */
export interface ReadOptions extends TraceSelection, CallOptions {
  /** Default: the newest. */
  readonly asOf?: SetAsOf | undefined;
  /** Told of each tile that is damaged, which is left out then. Without it, the first one ends the call with its error. */
  readonly onDamaged?: ((error: TraceStoreError) => void) | undefined;
}

/** How points are read block by block. */
export interface ReadBlocksOptions extends ReadOptions {
  /** Bytes of values and states that a block has at most, unless one trace has more. Default 4 MiB. */
  readonly blockBytes?: number | undefined;
  /** Segments are fetched ahead up to so many bytes. Default 32 MiB. */
  readonly maxBytesInFlight?: number | undefined;
}

/** How points are read into one matrix. */
export interface ReadMatrixOptions extends ReadOptions {
  /** Most bytes of values and states; a call that would need more fails. Default 1 GiB. */
  readonly maxBytes?: number | undefined;
}

export interface ReadTileOptions extends TraceSelection, CallOptions {
  /** A version of the tile, a time or a snapshot. Default: the newest. */
  readonly asOf?: AsOf | undefined;
  /** As for a matrix. */
  readonly maxBytes?: number | undefined;
}

/** Which tiles are looked into for what is newest. */
export interface NewestOptions extends ReadOptions {
  /** So many of the newest tiles. Default 2: the one that is being filled and the one before. */
  readonly tiles?: number | undefined;
}

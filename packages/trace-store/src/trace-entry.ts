import type { TraceParams } from "@foretile/keyspace";
import type { CallOptions } from "@foretile/storage";
import type { TraceList } from "./table/trace-list.ts";
import type { TraceValueOf, TraceValuesOf, TraceValueType } from "./trace-values.ts";

interface EntryFacts {
  /** Which trace. */
  readonly params: TraceParams;
  /**
   * What is said about the trace beside its values, replaced as a whole; no keys at all clear it. The options that came
   * with the highest position hold, and of those the ones that came last. Default: they stay as they are.
   */
  readonly options?: TraceParams | undefined;
}

/** One point of an append: a value, or that there is no valid one. */
export type TraceEntry<V extends TraceValueType = TraceValueType> = EntryFacts &
  (
    | { readonly value: TraceValueOf[V]; readonly invalid?: false | undefined }
    | { readonly value?: undefined; readonly invalid: true }
  );

/**
 * Why an entry was not stored.
 *
 * - `invalid-params`: no keys, an empty key, or what is no well-formed text
 * - `id-too-long`: the id of the trace would have more than 4096 bytes
 * - `invalid-value`: not of the set's type; NaN; a number that float32 has no finite value for
 * - `invalid-options`: as for params, or too long
 */
export type EntryRejection = "invalid-params" | "id-too-long" | "invalid-value" | "invalid-options";

/** What became of an entry. */
export type EntryResult =
  | { readonly status: "stored" }
  /** An earlier entry of the same append has the same params, and was stored: the one at `first`. */
  | { readonly status: "duplicate"; readonly first: number }
  | { readonly status: "rejected"; readonly reason: EntryRejection; readonly message: string };

/** What a change of one tile made. */
export interface TileChange {
  readonly tile: number;
  /** The tile's version that has it; `undefined` when there was nothing to store. */
  readonly version: number | undefined;
  /** `false` when nothing was published: there was nothing to store, or the tile ended with the very same already. */
  readonly changed: boolean;
  /**
   * Why runs of the tile could not be merged after the change. The change is whole; the next one tries again.
   */
  readonly mergeError?: Error | undefined;
}

export interface AppendResult extends TileChange {
  readonly position: number;
  /** How many entries were stored. */
  readonly stored: number;
  /** One for each entry, in their order. */
  readonly results: readonly EntryResult[];
}

/** Points of many traces at consecutive positions of one tile, for appends without an object per point. */
export interface TraceColumns<V extends TraceValueType = TraceValueType> {
  /** Which traces, made once by `createTraceList` and used for many appends. */
  readonly traces: TraceList;
  /** The first position. */
  readonly from: number;
  /** How many positions, all in the tile of the first. Default 1. */
  readonly positions?: number | undefined;
  /** `[traces, positions]` row-major; only read, until the promise settles. */
  readonly values: TraceValuesOf[V];
  /**
   * `[traces, positions]` of `POINT`; missing points leave what was recorded as it was. Default: every point is a value,
   * but numbers that are NaN and bytes that are `undefined` are missing.
   */
  readonly states?: Uint8Array | undefined;
}

export interface AppendColumnsResult extends TileChange {
  /** How many points were stored: values, invalid and deleted ones. */
  readonly stored: number;
}

/** How a change is made. */
export interface ChangeOptions extends CallOptions {
  /** Who changes it, for the record; at most 128 bytes. */
  readonly user?: string | undefined;
  /** Why, for the record; at most 512 bytes. */
  readonly message?: string | undefined;
}

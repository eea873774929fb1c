import type { TraceParams } from "@foretile/keyspace";
import type { TraceValuesOf, TraceValueType } from "../trace-values.ts";

/** Traces of a block or of a matrix. */
export interface TraceRows {
  /** Ids in order of their bytes. */
  readonly ids: readonly string[];
}

/** Some traces of one tile at consecutive positions. Belongs to the caller. */
export interface TraceBlock<V extends TraceValueType = TraceValueType> extends TraceRows {
  readonly tile: number;
  /** The version of the tile that was read. */
  readonly version: number;
  /** First position. */
  readonly from: number;
  /** Position after the last. */
  readonly to: number;
  /** `[ids, to − from]` of `POINT`, row-major. */
  readonly states: Uint8Array<ArrayBuffer>;
  /** `[ids, to − from]`, row-major; meaningful where the state is a value. */
  readonly values: TraceValuesOf[V];
  /** What the tile says about each trace beside its values; `undefined` where it says nothing, no keys where cleared. */
  readonly options: readonly (TraceParams | undefined)[];
}

/** Traces at ascending positions of any number of tiles. Belongs to the caller. */
export interface TraceMatrix<V extends TraceValueType = TraceValueType> extends TraceRows {
  readonly positions: readonly number[];
  /** `[ids, positions]` of `POINT`, row-major. */
  readonly states: Uint8Array<ArrayBuffer>;
  /** `[ids, positions]`, row-major; meaningful where the state is a value. */
  readonly values: TraceValuesOf[V];
}

/** The newest point of each trace. */
export interface LatestPoints<V extends TraceValueType = TraceValueType> extends TraceRows {
  /** Where each trace was recorded last. */
  readonly positions: Float64Array<ArrayBuffer>;
  /** Of each: `POINT.value` or `POINT.invalid`. */
  readonly states: Uint8Array<ArrayBuffer>;
  readonly values: TraceValuesOf[V];
}

/** Traces with the very same value at one position. */
export interface SameValue<V extends TraceValueType = TraceValueType> {
  /** One value. */
  readonly value: TraceValuesOf[V];
  readonly ids: readonly string[];
}

/** What is said about a trace beside its values. */
export interface TraceOptions {
  readonly id: string;
  /** With which position it came. */
  readonly position: number;
  /** No keys when it was cleared. */
  readonly options: TraceParams;
}

/** One trace by its params. */
export interface Trace {
  readonly id: string;
  readonly params: TraceParams;
}

/** A tile as its newest version, or the one that was asked for, describes it. */
export interface TileSummary {
  readonly tile: number;
  /** First position. */
  readonly from: number;
  /** Position after the last one that belongs to it. */
  readonly to: number;
  readonly version: number;
  /** Wall-clock milliseconds of the commit. */
  readonly committedAtMs: number;
  /** Positions at which something was recorded, ascending. */
  readonly positions: readonly number[];
  /** How many runs it consists of: appends that were not merged yet, and what they were merged to. */
  readonly runs: number;
  /** Points of all runs: those that hide earlier ones are counted beside them. */
  readonly points: number;
  /** Bytes of its segments. */
  readonly storedBytes: number;
}

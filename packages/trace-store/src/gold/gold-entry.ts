import type { TraceParams } from "@foretile/keyspace";
import type { CallOptions } from "@foretile/storage";
import type { EntryResult } from "../trace-entry.ts";

/** One point of a put. */
export interface GoldEntry {
  /** Which trace. Any map that the table's dictionaries can number, with no empty key. */
  readonly params: TraceParams;
  /** 16 bytes. Default: the trace has no digest at the position, which hides an earlier one. */
  readonly value?: Uint8Array | undefined;
  /**
   * What is said about the trace beside its digests, replaced as a whole; no keys at all clear it. Gold's form of them
   * has neither `=` nor `%2C`. Default: they stay as they are.
   */
  readonly options?: TraceParams | undefined;
}

/** What became of an entry: as of an append, or that its rows could not be written, however often it was tried. */
export type GoldEntryResult =
  | EntryResult
  | {
      readonly status: "failed";
      /** The last failure. With `unknown-outcome` as advice the rows may have been written nevertheless. */
      readonly error: Error;
    };

export interface GoldPutOptions extends CallOptions {
  /**
   * When the values were made, in whole milliseconds since 1970: of two values of one point that with the greater time
   * holds, in whatever order they arrive; of two with the same time the one that came last.
   */
  readonly valueTimeMs: number;
  /**
   * The time of the position itself, in whole milliseconds since 1970, never less than that of an earlier position: of
   * two options of a trace in one tile those with the greater time hold. Needed when an entry has options.
   */
  readonly positionTimeMs?: number | undefined;
}

/** What became of a put. Entries are independent: one that failed does not undo the others. */
export interface GoldPutResult {
  readonly position: number;
  readonly tile: number;
  /** How many entries were stored. */
  readonly stored: number;
  /** One for each entry, in their order. */
  readonly results: readonly GoldEntryResult[];
}

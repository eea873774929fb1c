import type { TraceParams } from "@foretile/keyspace";
import type { TraceMatrix, TraceRows } from "../read/trace-block.ts";

/**
 * Something in a table that does not say what it should. It is left out of what is read, and told.
 *
 * - `foreign-row`: a row in the place of a trace's that has no name of one, or lies in another shard than its id
 * - `undecodable-id`: the newest dictionary of the tile does not have the row's numbers
 * - `foreign-column`: a column that is no offset of a tile
 * - `invalid-digest`: a cell that has neither 16 bytes nor stands for nothing; the point reads as invalid
 * - `undecodable-options`: options in another form
 */
export interface GoldProblem {
  readonly row: string;
  readonly reason:
    | "foreign-row"
    | "undecodable-id"
    | "foreign-column"
    | "invalid-digest"
    | "undecodable-options";
  readonly message: string;
}

/** Traces of one tile at consecutive positions. Belongs to the caller. */
export interface GoldBlock extends TraceRows {
  readonly tile: number;
  /** First position. */
  readonly from: number;
  /** Position after the last. */
  readonly to: number;
  /** Of each id. */
  readonly params: readonly TraceParams[];
  /** `[ids, to − from]` of `POINT`, row-major; never deleted, which Gold's rows cannot say. */
  readonly states: Uint8Array<ArrayBuffer>;
  /** `[ids, to − from]` digests of 16 bytes, row-major; zeros where the state is not a value. */
  readonly values: Uint8Array<ArrayBuffer>;
  /** What the tile says about each trace beside its digests; `undefined` for nothing, no keys where it was cleared. */
  readonly options: readonly (TraceParams | undefined)[];
  readonly problems: readonly GoldProblem[];
}

/**
 * Traces at ascending positions of any number of tiles. Belongs to the caller. A trace is in it when it has a row in one
 * of the tiles, also when all its points at the positions are missing.
 */
export interface GoldMatrix extends TraceMatrix<"digest"> {
  readonly params: readonly TraceParams[];
  /** What the newest of the tiles that says anything about the trace says; no keys where that cleared it. */
  readonly options: readonly (TraceParams | undefined)[];
  readonly problems: readonly GoldProblem[];
}

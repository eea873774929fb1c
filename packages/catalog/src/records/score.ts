import type { CatalogError } from "../catalog-error.ts";
import type { RequestAddress, RequestId } from "./request.ts";

/** One miner's score for a request, to be stored. Every number must be finite. */
export interface NewScore {
  readonly minerId: number;
  /** Among all miners of the request: 0 is best. */
  readonly promptScore: number;
  /** CRPS summed over all intervals; `undefined` for an answer without one. */
  readonly totalCrps: number | undefined;
  /** The request's cap: the 90th percentile of its totals. */
  readonly percentile90: number;
  /** The request's smallest total. */
  readonly lowest: number;
  /** Sum per interval, in the label's order. */
  readonly intervals: Readonly<Record<string, number>>;
}

/** The scores of one request. */
export interface NewScores {
  readonly requestId: RequestId;
  /** The version of the request they were computed from, at least 0. */
  readonly requestVersion: number;
  /** Prices at the request's steps, each finite, or NaN where there was none. */
  readonly realizedPrices?: ArrayLike<number> | undefined;
  /** One per miner. */
  readonly scores: readonly NewScore[];
}

/** What became of one miner's row of a call. */
export type MinerStatus =
  | { readonly minerId: number; readonly ok: true }
  | { readonly minerId: number; readonly ok: false; readonly error: CatalogError };

/** A stored score. Another program may have left out the cap and the smallest total. */
export interface Score extends Omit<NewScore, "percentile90" | "lowest"> {
  readonly percentile90: number | undefined;
  readonly lowest: number | undefined;
  readonly minerUid: number;
  /** 0 when another program stored it. */
  readonly requestVersion: number;
}

/** All stored scores of one request: what moving averages are made of. */
export interface RequestScores extends RequestAddress {
  readonly requestId: RequestId;
  /** End of the request's horizon, seconds since 1970: the time of the event, not of the computation. */
  readonly scoredAtUnixSeconds: number;
  /** By miner id, at least one. */
  readonly scores: readonly Score[];
}

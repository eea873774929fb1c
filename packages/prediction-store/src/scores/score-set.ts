import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { DocumentReader } from "@foretile/version-store";
import { PredictionStoreError } from "../prediction-store-error.ts";

/** What became of one miner. */
export interface MinerScore {
  readonly minerId: number;
  readonly minerUid: number;
  /** `missing`: no answer came, or it can no longer be read; `invalid`: it broke a rule or has no finite score. */
  readonly status: "scored" | "invalid" | "missing";
  /** Why, unless scored. */
  readonly reason?: string | undefined;
  /** CRPS summed over all intervals; only when scored. Finite. */
  readonly crps?: number | undefined;
  /** Sum per interval, in the label's order; empty unless scored. */
  readonly intervals: Readonly<Record<string, number>>;
  /** The score among all miners of the request, 0 is best; missing when our loss kept us from judging. */
  readonly promptScore?: number | undefined;
}

/** The scores of one version of a request. */
export interface ScoreSet {
  readonly requestKey: string;
  readonly requestVersion: number;
  /** The version's hash: the scores can be recomputed from exactly that version. */
  readonly requestVersionHash: string;
  /** Program and version that scored. */
  readonly scoredBy: string;
  /** SHA-256 of the realized path's float64 bits, 64 hexadecimal characters. */
  readonly pricesHash: string;
  /** Steps without a price. */
  readonly missingPriceCount: number;
  /** 90th percentile of the scored totals, by which prompt scores are capped; missing when nobody was scored. */
  readonly percentile90?: number | undefined;
  /** Smallest scored total. */
  readonly bestCrps?: number | undefined;
  /** Ordered by miner id. */
  readonly miners: readonly MinerScore[];
}

/** Who understands a score record. */
export const SCORES_HANDLER = "scores";

/**
 * The document of a score set. Intervals are pairs, because a document sorts the names of its maps.
 *
 * @throws {PredictionStoreError} `invalid-answer` when a number is not finite: a bare NaN never reaches the store
 */
export function encodeScoreSet(scores: ScoreSet): DocumentValue {
  return {
    request_key: scores.requestKey,
    request_version: scores.requestVersion,
    request_version_hash: scores.requestVersionHash,
    scored_by: scores.scoredBy,
    prices_hash: scores.pricesHash,
    missing_price_count: scores.missingPriceCount,
    ...optional("percentile90", scores.percentile90),
    ...optional("best_crps", scores.bestCrps),
    miners: scores.miners.map((miner) => ({
      miner_id: miner.minerId,
      miner_uid: miner.minerUid,
      status: miner.status,
      ...(miner.reason === undefined ? {} : { reason: miner.reason }),
      ...optional("crps", miner.crps),
      intervals: Object.entries(miner.intervals).map(([name, sum]) => [name, finite(name, sum)]),
      ...optional("prompt_score", miner.promptScore),
    })),
  };
}

/** @throws {VersionStoreError} `data-integrity` for a field of the wrong type */
export function decodeScoreSet(reader: DocumentReader): ScoreSet {
  return {
    requestKey: reader.text("request_key"),
    requestVersion: reader.integer("request_version", 1),
    requestVersionHash: reader.text("request_version_hash"),
    scoredBy: reader.text("scored_by"),
    pricesHash: reader.text("prices_hash"),
    missingPriceCount: reader.integer("missing_price_count"),
    percentile90: optionalNumber(reader, "percentile90"),
    bestCrps: optionalNumber(reader, "best_crps"),
    miners: reader.records("miners", decodeMinerScore),
  };
}

function decodeMinerScore(reader: DocumentReader): MinerScore {
  const status = reader.text("status");
  if (status !== "scored" && status !== "invalid" && status !== "missing") {
    throw new PredictionStoreError("damaged", `score has an unknown status status=${status}`);
  }
  return {
    minerId: reader.integer("miner_id"),
    minerUid: reader.integer("miner_uid"),
    status,
    reason: reader.has("reason") ? reader.text("reason") : undefined,
    crps: optionalNumber(reader, "crps"),
    intervals: Object.fromEntries(
      reader.list("intervals").map((pair): [string, number] => {
        const [name, sum] = Array.isArray(pair) ? pair : [];
        if (typeof name !== "string" || typeof sum !== "number") {
          throw new PredictionStoreError("damaged", "score has a wrong interval");
        }
        return [name, sum];
      }),
    ),
    promptScore: optionalNumber(reader, "prompt_score"),
  };
}

function optional(name: string, value: number | undefined): Record<string, number> {
  return value === undefined ? {} : { [name]: finite(name, value) };
}

function finite(name: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new PredictionStoreError("invalid-answer", `a score must be finite field=${name}`);
}

function optionalNumber(reader: DocumentReader, name: string): number | undefined {
  return reader.has(name) ? reader.number(name) : undefined;
}

import { unixSecondsToIso } from "@foretile/keyspace";
import { parseRequestKey } from "@foretile/prediction-store";

import type { RequestScores } from "../request/request-outcome.ts";

/** A miner's score of one request as a line of JSON. Absent values are null, so that every line has every member. */
export interface ScoreLine {
  readonly request: string;
  readonly label: string;
  readonly asset: string;
  /** ISO 8601 in UTC. */
  readonly start_time: string;
  /** The request's version that was scored; null for rows, which have none. */
  readonly version: number | null;
  readonly miner_id: number;
  readonly miner_uid: number;
  readonly status: "scored" | "invalid" | "missing";
  /** Why, unless scored. */
  readonly reason: string | null;
  /** Basis points. */
  readonly crps: number | null;
  /** Basis points by interval; empty unless scored. */
  readonly intervals: Readonly<Record<string, number>>;
  readonly prompt_score: number | null;
}

/** One line a miner, by miner id. */
export function scoreLines(scores: RequestScores): ScoreLine[] {
  const { label, asset, startUnixSeconds } = parseRequestKey(scores.requestKey);
  const start_time = unixSecondsToIso(startUnixSeconds);
  return scores.miners.map((miner) => ({
    request: scores.requestKey,
    label,
    asset,
    start_time,
    version: scores.requestVersion ?? null,
    miner_id: miner.minerId,
    miner_uid: miner.minerUid,
    status: miner.status,
    reason: miner.reason ?? null,
    crps: miner.crps ?? null,
    intervals: miner.intervals,
    prompt_score: miner.promptScore ?? null,
  }));
}

import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { NewScore, Score } from "../records/score.ts";
import type { DocumentFields } from "./document-fields.ts";

/** Intervals are pairs, because a document sorts the names of its maps. */
export function scoreDocument(
  score: NewScore & Pick<Score, "minerUid" | "requestVersion">,
): DocumentValue {
  return {
    miner_id: score.minerId,
    miner_uid: score.minerUid,
    request_version: score.requestVersion,
    prompt_score: score.promptScore,
    total: score.totalCrps ?? null,
    percentile90: score.percentile90,
    lowest: score.lowest,
    intervals: Object.entries(score.intervals),
  };
}

export function readScoreDocument(fields: DocumentFields): Score {
  return {
    minerId: fields.integer("miner_id"),
    minerUid: fields.integer("miner_uid"),
    requestVersion: fields.integer("request_version"),
    promptScore: fields.number("prompt_score"),
    totalCrps: fields.optional("total", () => fields.number("total")),
    percentile90: fields.number("percentile90"),
    lowest: fields.number("lowest"),
    intervals: Object.fromEntries(fields.list("intervals") as unknown as [string, number][]),
  };
}

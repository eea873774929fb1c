import { parseRequestKey } from "../request/request-key.ts";
import type { MinerScore } from "../scores/score-set.ts";
import type { ScoreRecord } from "../store/prediction-store.ts";
import { pointsById, type RequestPoint, type RequestPoints } from "./request-points.ts";
import { requestParams, type RequestParams } from "./trace-sets.ts";

/** What the param `field` of a score trace says that its values are. */
export const SCORE_FIELDS = [
  "crps",
  "interval",
  "prompt_score",
  "miner_uid",
  "percentile90",
  "best_crps",
  "miners",
  "scores_version",
] as const;

export type ScoreField = (typeof SCORE_FIELDS)[number];

/** The value of a miner's param: its id in decimal digits. */
export function minerParam(minerId: number): string {
  return minerId.toString();
}

/**
 * The points of a score record, and nothing but the record decides about them. A score that is missing because the miner
 * did not answer is no point; one that is missing for another reason is an invalid one.
 */
export function scorePoints({ version, scores }: ScoreRecord): RequestPoints<"float64"> {
  const request = parseRequestKey(scores.requestKey);
  const shared = requestParams(request);
  const names = new Set(scores.miners.flatMap(({ intervals }) => Object.keys(intervals)));
  const points = [
    point(shared, "percentile90", scores.percentile90),
    point(shared, "best_crps", scores.bestCrps),
    point(shared, "miners", scores.miners.length),
    point(shared, "scores_version", version),
    ...scores.miners.flatMap((miner) => minerPoints(miner, shared, names)),
  ];
  return { request, points: pointsById(points) };
}

function minerPoints(
  { minerId, minerUid, status, crps, intervals, promptScore }: MinerScore,
  shared: RequestParams,
  names: ReadonlySet<string>,
): RequestPoint<"float64">[] {
  const own = { ...shared, miner: minerParam(minerId) };
  const always = [point(own, "miner_uid", minerUid), point(own, "prompt_score", promptScore)];
  if (status === "missing") return always;
  return [
    ...always,
    point(own, "crps", crps),
    ...Array.from(names, (name) => point({ ...own, interval: name }, "interval", intervals[name])),
  ];
}

function point(
  params: Readonly<Record<string, string>>,
  field: ScoreField,
  value: number | undefined,
): RequestPoint<"float64"> {
  return { params: { ...params, field }, value };
}

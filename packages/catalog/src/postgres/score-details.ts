import type { NewScore, Score } from "../records/score.ts";

/** The total of an answer that could not be scored, as the network's validator writes it. */
const NO_TOTAL = -1;
const OVERALL = "Overall";

interface DetailRow {
  readonly Interval: string;
  readonly Increment: "Total";
  readonly CRPS: number;
}

/** A score as the network's programs read it; `request_version` is ours, and theirs pass over it. */
export function scoreDetails(score: NewScore, requestVersion: number): string {
  const { promptScore, totalCrps, percentile90, lowest, intervals } = score;
  const rows = Object.entries(intervals).map(([name, crps]): DetailRow => totalRow(name, crps));
  return JSON.stringify({
    total_crps: totalCrps ?? NO_TOTAL,
    percentile90,
    lowest_score: lowest,
    prompt_score_v3: promptScore,
    crps_data: totalCrps === undefined ? rows : [...rows, totalRow(OVERALL, totalCrps)],
    request_version: requestVersion,
  });
}

/** A stored score as the statements select it. Fields another program left out are `null`. */
export interface ScoreRow {
  readonly request_id: string;
  readonly miner_id: string;
  readonly miner_uid: number;
  readonly prompt_score: number;
  readonly total: number | null;
  readonly percentile90: number | null;
  readonly lowest: number | null;
  readonly request_version: number | null;
  /** The detail rows that are totals. */
  readonly totals: readonly Partial<DetailRow>[] | null;
}

export function scoreOf(row: ScoreRow): Score {
  const totals = (row.totals ?? []).filter(({ Interval }) => Interval !== undefined);
  const hasOverall = totals.at(-1)?.Interval === OVERALL;
  const intervals = (hasOverall ? totals.slice(0, -1) : totals).map(
    ({ Interval, CRPS }): [string, number] => [Interval ?? "", CRPS ?? Number.NaN],
  );
  return {
    minerId: Number(row.miner_id),
    minerUid: row.miner_uid,
    requestVersion: row.request_version ?? 0,
    promptScore: row.prompt_score,
    totalCrps: row.total === null || row.total === NO_TOTAL ? undefined : row.total,
    percentile90: row.percentile90 ?? undefined,
    lowest: row.lowest ?? undefined,
    intervals: Object.fromEntries(intervals),
  };
}

/** The columns of a {@link ScoreRow} from `s` and `p`; totals are picked out there, because details can be many. */
export const SCORE_COLUMNS = `p.validator_requests_id as request_id, p.miner_id,
  coalesce(p.miner_uid, s.miner_uid) as miner_uid, s.prompt_score_v3 as prompt_score,
  (s.score_details_v3 ->> 'total_crps')::float8 as total,
  (s.score_details_v3 ->> 'percentile90')::float8 as percentile90,
  (s.score_details_v3 ->> 'lowest_score')::float8 as lowest,
  (s.score_details_v3 ->> 'request_version')::int as request_version,
  jsonb_path_query_array(s.score_details_v3, '$.crps_data[*] ? (@.Increment == "Total")') as totals`;

function totalRow(Interval: string, CRPS: number): DetailRow {
  return { Interval, Increment: "Total", CRPS };
}

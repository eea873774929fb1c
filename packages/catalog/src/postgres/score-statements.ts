import type { CallOptions } from "@foretile/storage";
import type { DroppedScores, ListOptions, ScoreFilter } from "../catalog.ts";
import { CatalogError } from "../catalog-error.ts";
import { endOfRequest, type CatalogRequest, type RequestId } from "../records/request.ts";
import type { MinerStatus, NewScore, NewScores, RequestScores } from "../records/score.ts";
import { checkDrop } from "../rules/check-queries.ts";
import { checkNewScores, scoreFault } from "../rules/check-scores.ts";
import { readRequest } from "./find-request.ts";
import { listRequests } from "./list-requests.ts";
import type { PostgresContext } from "./postgres-context.ts";
import { databaseId, noSuchRequest } from "./request-sql.ts";
import { SCORE_COLUMNS, scoreDetails, scoreOf, type ScoreRow } from "./score-details.ts";

/** Requests whose scores are dropped in one transaction. */
const DROP_BATCH = 100;

/** Rows are written in the order of their ids, so that two writers wait for each other and never in a circle. */
export async function writeScores(
  context: PostgresContext,
  scores: NewScores,
  options?: CallOptions,
): Promise<readonly MinerStatus[]> {
  checkNewScores(scores);
  const { requestId, requestVersion, realizedPrices } = scores;
  const request = await readRequest(context, requestId, options);
  if (request === undefined) throw noSuchRequest(requestId);
  return context.database.transaction(options?.signal, async (queries) => {
    const stored = await queries.rows<{ id: string; miner_id: string; miner_uid: number }>(
      `select distinct on (p.miner_id) p.id, p.miner_id,
         coalesce(p.miner_uid, m.miner_uid) as miner_uid
       from miner_predictions p join miners m on m.id = p.miner_id
       where p.validator_requests_id = $1 order by p.miner_id, p.id`,
      [databaseId(requestId)],
    );
    const byMiner = new Map(stored.map((row) => [Number(row.miner_id), row]));
    const rows: { readonly id: string; readonly uid: number; readonly score: NewScore }[] = [];
    const statuses = scores.scores.map((score): MinerStatus => {
      const { minerId } = score;
      const row = byMiner.get(minerId);
      const error = scoreFault(score);
      if (error !== undefined) return { minerId, ok: false, error };
      if (row === undefined) return { minerId, ok: false, error: noPrediction(minerId) };
      rows.push({ id: row.id, uid: row.miner_uid, score });
      return { minerId, ok: true };
    });
    if (rows.length === 0) return statuses;
    await queries.rows(
      `insert into miner_scores (miner_predictions_id, miner_uid, scored_time, prompt_score_v3,
         score_details_v3, created_at, updated_at)
       select u.id, u.uid, to_timestamp($5), u.score, u.details, now.at, now.at
       from unnest($1::bigint[], $2::int[], $3::float8[], $4::jsonb[]) as u (id, uid, score, details)
       cross join (select to_timestamp($6::float8) at time zone 'UTC' as at) now
       order by u.id
       on conflict (miner_predictions_id) do update set miner_uid = excluded.miner_uid,
         scored_time = excluded.scored_time, prompt_score_v3 = excluded.prompt_score_v3,
         score_details_v3 = excluded.score_details_v3, updated_at = excluded.updated_at`,
      [
        rows.map(({ id }) => id),
        rows.map(({ uid }) => uid),
        rows.map(({ score }) => score.promptScore),
        rows.map(({ score }) => scoreDetails(score, requestVersion)),
        endOfRequest(request),
        context.clock.nowMs() / 1_000,
      ],
    );
    if (realizedPrices !== undefined) {
      // A gap is null: no database has NaN in its JSON.
      const prices = Array.from(realizedPrices, (price) => (Number.isNaN(price) ? null : price));
      await queries.rows("update validator_requests set real_prices = $2::json where id = $1", [
        databaseId(requestId),
        JSON.stringify(prices),
      ]);
    }
    return statuses;
  });
}

export async function readScores(
  context: PostgresContext,
  requestId: RequestId,
  options?: CallOptions,
): Promise<RequestScores | undefined> {
  const request = await readRequest(context, requestId, options);
  if (request === undefined) return undefined;
  const [scores] = await scoresOf(context, [request], options);
  return scores;
}

export async function readRealizedPrices(
  { database }: PostgresContext,
  requestId: RequestId,
  options?: CallOptions,
): Promise<Float64Array<ArrayBuffer> | undefined> {
  const id = databaseId(requestId);
  if (id === undefined) return undefined;
  const [row] = await database.rows<{ real_prices: unknown }>(
    options?.signal,
    "select real_prices from validator_requests where id = $1",
    [id],
  );
  const prices: unknown = row?.real_prices;
  if (!Array.isArray(prices) || prices.length === 0) return undefined;
  return Float64Array.from(prices, (price) => (typeof price === "number" ? price : Number.NaN));
}

export async function* listScores(
  context: PostgresContext,
  filter: ScoreFilter,
  options: ListOptions,
): AsyncGenerator<readonly RequestScores[], void, undefined> {
  const { label, asset, fromUnixSeconds, toUnixSeconds } = filter;
  const length = context.rules.find((rule) => rule.label === label)?.timeLengthSeconds ?? 0;
  const starts = {
    label,
    asset,
    scored: true,
    fromUnixSeconds: fromUnixSeconds === undefined ? undefined : fromUnixSeconds - length,
    toUnixSeconds: toUnixSeconds === undefined ? undefined : toUnixSeconds - length,
  };
  for await (const requests of listRequests(context, starts, options)) {
    const batch = await scoresOf(context, requests, options);
    if (batch.length > 0) yield batch;
  }
}

export async function dropScores(
  context: PostgresContext,
  drop: DroppedScores,
  options?: CallOptions,
): Promise<{ scores: number; prices: number }> {
  checkDrop(drop);
  const { label, beforeUnixSeconds } = drop;
  const length = context.rules.find((rule) => rule.label === label)?.timeLengthSeconds ?? 0;
  const dropped = { scores: 0, prices: 0 };
  const old = { label, scored: true, toUnixSeconds: beforeUnixSeconds - length };
  const batches = listRequests(context, old, {
    signal: options?.signal,
    batchSize: DROP_BATCH,
  });
  for await (const requests of batches) {
    const ids = requests.map(({ id }) => databaseId(id));
    await context.database.transaction(options?.signal, async (queries) => {
      const scores = await queries.rows(
        `delete from miner_scores s using miner_predictions p
         where p.id = s.miner_predictions_id and p.validator_requests_id = any($1::bigint[])
         returning s.id`,
        [ids],
      );
      // Only where something is to go: writing a row again costs as much as writing it.
      const prices = await queries.rows(
        `update validator_requests set real_prices = '[]'
         where id = any($1::bigint[]) and json_typeof(real_prices) = 'array'
           and json_array_length(real_prices) > 0
         returning id`,
        [ids],
      );
      dropped.scores += scores.length;
      dropped.prices += prices.length;
    });
  }
  return dropped;
}

/** The scores of requests, in their order; requests without any are left out. */
async function scoresOf(
  { database }: PostgresContext,
  requests: readonly CatalogRequest[],
  options?: CallOptions,
): Promise<readonly RequestScores[]> {
  const rows = await database.rows<ScoreRow>(
    options?.signal,
    `select distinct on (p.validator_requests_id, p.miner_id) ${SCORE_COLUMNS}
     from miner_predictions p join miner_scores s on s.miner_predictions_id = p.id
     where p.validator_requests_id = any($1::bigint[]) and p.miner_id is not null
       and s.prompt_score_v3 is not null
     order by p.validator_requests_id, p.miner_id, p.id`,
    [requests.map(({ id }) => databaseId(id))],
  );
  const byRequest = Map.groupBy(rows, ({ request_id }) => request_id);
  return requests.flatMap((request): RequestScores[] => {
    const own = byRequest.get(request.id);
    if (own === undefined) return [];
    const { id, label, asset, startUnixSeconds } = request;
    return [
      {
        requestId: id,
        label,
        asset,
        startUnixSeconds,
        scoredAtUnixSeconds: endOfRequest(request),
        scores: own.map(scoreOf),
      },
    ];
  });
}

function noPrediction(minerId: number): CatalogError {
  return new CatalogError(
    "no-such-prediction",
    `the request has no prediction of that miner miner_id=${minerId}`,
  );
}

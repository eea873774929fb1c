import type { CallOptions } from "@foretile/storage";
import { CatalogError } from "../catalog-error.ts";
import {
  VALID_FORMAT,
  type NewPrediction,
  type RequestSave,
  type SavedRequest,
} from "../records/prediction.ts";
import type { RequestFacts, RequestId } from "../records/request.ts";
import { checkRequestSave, sizeMismatch } from "../rules/check-request-save.ts";
import type { Queries } from "./database.ts";
import { findRequest } from "./find-request.ts";
import { unknownMiners } from "./miner-statements.ts";
import type { PostgresContext } from "./postgres-context.ts";

/** What a row holds instead of a tile that is elsewhere, as the network's validator writes it. */
const SENTINEL = '{"stored": "bigtable"}';

interface StoredRow {
  readonly id: string;
  readonly miner_id: string;
  readonly version: number;
}

/** One transaction; saves of one request wait for each other. */
export async function saveRequest(
  context: PostgresContext,
  save: RequestSave,
  options?: CallOptions,
): Promise<SavedRequest> {
  const { accepted, refused } = checkRequestSave(save);
  const { request, version } = save;
  checkLength(context, request);
  return context.database.transaction(options?.signal, async (queries) => {
    const { label, asset, startUnixSeconds } = request;
    await queries.rows("select pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `foretile/request/${label}/${asset}/${startUnixSeconds}`,
    ]);
    const found = await findRequest(context, queries, request);
    const mismatch = found && sizeMismatch(found, request);
    if (mismatch !== undefined) throw mismatch;
    const nowMs = Math.floor(context.clock.nowMs());
    const id = found?.id ?? (await insertRequest(queries, save, nowMs));
    await queries.rows(
      `insert into foretile_requests (request_id, label, asset, start_time, version)
       values ($1, $2, $3, to_timestamp($4), $5)
       on conflict (request_id)
       do update set version = greatest(foretile_requests.version, excluded.version)`,
      [id, label, asset, startUnixSeconds, version],
    );
    const unknown = await unknownMiners(
      queries,
      accepted.map(({ minerId }) => minerId),
    );
    const known = accepted.filter(({ minerId }) => !unknown.has(minerId));
    const written = await writePredictions(queries, id, known, version, nowMs);
    return {
      requestId: id as RequestId,
      created: found === undefined,
      written,
      refused: [...refused, ...[...unknown].map(unknownMiner)],
    };
  });
}

/**
 * A label's requests have the length of its rule: that is how other programs tell labels.
 *
 * @throws {CatalogError} `unknown-label`, `invalid-request`
 */
function checkLength({ rules }: PostgresContext, request: RequestFacts): void {
  const rule = rules.find(({ label }) => label === request.label);
  if (rule === undefined) {
    throw new CatalogError(
      "unknown-label",
      `no rule says what the label's requests look like label=${request.label} ` +
        `known=${rules.map(({ label }) => label).join(",")}`,
    );
  }
  if (
    rule.timeLengthSeconds !== request.timeLengthSeconds ||
    rule.assets?.includes(request.asset) === false
  ) {
    throw new CatalogError(
      "invalid-request",
      `request does not fit the rule of its label label=${request.label} asset=${request.asset} ` +
        `time_length=${request.timeLengthSeconds} wanted=${rule.timeLengthSeconds}`,
    );
  }
}

async function insertRequest(
  queries: Queries,
  { request, requestedUnixSeconds }: RequestSave,
  nowMs: number,
): Promise<string> {
  const [row] = await queries.rows<{ id: string }>(
    `insert into validator_requests (start_time, asset, time_increment, time_length,
       num_simulations, request_time, created_at)
     values (to_timestamp($1), $2, $3, $4, $5, to_timestamp($6),
       to_timestamp($7) at time zone 'UTC')
     returning id`,
    [
      request.startUnixSeconds,
      request.asset,
      request.timeIncrementSeconds,
      request.timeLengthSeconds,
      request.simulations,
      requestedUnixSeconds ?? null,
      nowMs / 1_000,
    ],
  );
  return row?.id ?? "";
}

/** @returns how many rows were added or replaced */
async function writePredictions(
  queries: Queries,
  requestId: string,
  predictions: readonly NewPrediction[],
  version: number,
  nowMs: number,
): Promise<number> {
  const stored = await queries.rows<StoredRow>(
    `select distinct on (p.miner_id) p.id, p.miner_id, coalesce(f.version, 0) as version
     from miner_predictions p left join foretile_predictions f on f.prediction_id = p.id
     where p.validator_requests_id = $1 and p.miner_id is not null
     order by p.miner_id, p.id`,
    [requestId],
  );
  const [claim] = await queries.rows<{ through_version: number; claimed_ms: string }>(
    `select through_version, floor(extract(epoch from claimed_at) * 1000)::bigint as claimed_ms
     from foretile_claims where request_id = $1 for share`,
    [requestId],
  );
  const byMiner = new Map(stored.map((row) => [Number(row.miner_id), row]));
  const newer = predictions.filter(
    ({ minerId }) => (byMiner.get(minerId)?.version ?? -1) < version,
  );
  // The bytes of these versions are being deleted: nobody may be sent there.
  const goneMs =
    claim !== undefined && version <= claim.through_version ? Number(claim.claimed_ms) : undefined;
  const fresh = newer.filter(({ minerId }) => !byMiner.has(minerId));
  const replaced = newer.flatMap((prediction) => {
    const row = byMiner.get(prediction.minerId);
    return row === undefined ? [] : [{ ...prediction, id: row.id }];
  });
  const common = [requestId, version, nowMs / 1_000, goneMs === undefined ? null : goneMs / 1_000];
  if (fresh.length > 0) {
    await queries.rows(
      `with given as (${givenRows("$5")}),
       added as (
         insert into miner_predictions (validator_requests_id, miner_uid, miner_id, prediction,
           format_validation, process_time, created_at, deleted_at, bigtable_key)
         select $1::bigint, miner_uid, miner_id, ${payload("$4")}, format_validation,
           process_time, ${naive("$3")}, ${naive("$4")}, bigtable_key
         from given
         returning id, miner_id
       )
       insert into foretile_predictions (prediction_id, request_id, miner_id, version)
       select id, $1::bigint, miner_id, $2::int from added`,
      [...common, ...columnsOf(fresh)],
    );
  }
  if (replaced.length > 0) {
    await queries.rows(
      `with given as (${givenRows("$5", "$10")}),
       changed as (
         update miner_predictions p set miner_uid = given.miner_uid, prediction = ${payload("$4")},
           format_validation = given.format_validation, process_time = given.process_time,
           created_at = ${naive("$3")}, deleted_at = ${naive("$4")},
           bigtable_key = given.bigtable_key
         from given where p.id = given.id
         returning p.id, p.miner_id
       )
       insert into foretile_predictions (prediction_id, request_id, miner_id, version)
       select id, $1::bigint, miner_id, $2::int from changed
       on conflict (prediction_id) do update set version = excluded.version`,
      [...common, ...columnsOf(replaced), replaced.map(({ id }) => id)],
    );
  }
  return newer.length;
}

/** The five arrays of {@link columnsOf} as rows, and with `ids` the ids of stored rows. */
function givenRows(_first: "$5", ids?: "$10"): string {
  const columns = "miner_id, miner_uid, format_validation, process_time, bigtable_key";
  const arrays = "$5::bigint[], $6::int[], $7::text[], $8::float8[], $9::text[]";
  return ids === undefined
    ? `select * from unnest(${arrays}) as u (${columns})`
    : `select * from unnest(${arrays}, ${ids}::bigint[]) as u (${columns}, id)`;
}

function columnsOf(predictions: readonly NewPrediction[]): readonly unknown[] {
  return [
    predictions.map(({ minerId }) => minerId),
    predictions.map(({ minerUid }) => minerUid),
    predictions.map(({ formatValidation }) => formatValidation),
    predictions.map(({ processTimeSeconds }) => processTimeSeconds ?? null),
    predictions.map(({ tileKey }) => tileKey ?? null),
  ];
}

/** What stands where a tile would, for a row of `given`. */
function payload(goneSeconds: string): string {
  return `case when ${goneSeconds}::float8 is not null then ${tombstone("'saved after its deletion'")}
    when given.format_validation = '${VALID_FORMAT}' then '${SENTINEL}'::json
    else '[]'::json end`;
}

/** The payload of a deleted row, as the network's validator writes it. */
export function tombstone(reason: string): string {
  return `json_build_object('deleted', true, 'reason', ${reason}::text)`;
}

/** The payload that stood before the tombstone, as far as it can be known. */
export const RESTORED_PAYLOAD: string = `case when bigtable_key is not null
  then '${SENTINEL}'::json else '[]'::json end`;

/** A time without zone, in UTC, of seconds since 1970. */
function naive(seconds: string): string {
  return `to_timestamp(${seconds}::float8) at time zone 'UTC'`;
}

function unknownMiner(minerId: number): SavedRequest["refused"][number] {
  const message = `no miner was registered with that id miner_id=${minerId}`;
  return { minerId, error: new CatalogError("unknown-miner", message) };
}

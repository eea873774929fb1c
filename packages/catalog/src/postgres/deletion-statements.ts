import type { CallOptions } from "@foretile/storage";
import type { Deletion, DeletionClaim, ListOptions, Restoration } from "../catalog.ts";
import { CatalogError, isCatalogError } from "../catalog-error.ts";
import type { DeletedRequest, RequestStatus } from "../records/deletion.ts";
import { VALID_FORMAT } from "../records/prediction.ts";
import type { RequestId } from "../records/request.ts";
import {
  batchSizeOf,
  checkClaim,
  checkDeletion,
  checkRestoration,
} from "../rules/check-queries.ts";
import type { Queries } from "./database.ts";
import { Parameters, type PostgresContext } from "./postgres-context.ts";
import {
  catalogRequest,
  databaseId,
  noSuchRequest,
  ofLabel,
  SELECT_REQUESTS,
  type RequestRow,
} from "./request-sql.ts";
import { RESTORED_PAYLOAD, tombstone } from "./save-request.ts";

export function softDelete(
  context: PostgresContext,
  requestIds: readonly RequestId[],
  deletion: Deletion,
  options?: CallOptions,
): Promise<readonly RequestStatus[]> {
  checkDeletion(deletion);
  return changeEach(context, requestIds, options, (queries, id) =>
    queries.rows(
      `update miner_predictions
       set deleted_at = to_timestamp($2::float8) at time zone 'UTC', prediction = ${tombstone("$3")}
       where validator_requests_id = $1 and deleted_at is null and miner_id is not null
       returning id`,
      [id, deletion.atMs / 1_000, deletion.reason],
    ),
  );
}

export function restore(
  context: PostgresContext,
  requestIds: readonly RequestId[],
  { deletedSinceMs }: Restoration,
  options?: CallOptions,
): Promise<readonly RequestStatus[]> {
  checkRestoration({ deletedSinceMs });
  return changeEach(context, requestIds, options, async (queries, id) => {
    const values = [id, deletedSinceMs / 1_000];
    const dead = `p.validator_requests_id = $1 and p.miner_id is not null
      and p.deleted_at >= to_timestamp($2::float8) at time zone 'UTC'`;
    const [lost] = await queries.rows<{ claimed: boolean }>(
      `select c.request_id is not null as claimed
       from miner_predictions p
       left join foretile_predictions f on f.prediction_id = p.id
       left join foretile_claims c on c.request_id = p.validator_requests_id
         and coalesce(f.version, 0) <= c.through_version
       where ${dead} and (c.request_id is not null
         or (p.bigtable_key is null and p.format_validation = '${VALID_FORMAT}'))
       limit 1`,
      values,
    );
    if (lost !== undefined) throw notRestorable(id, lost.claimed);
    return queries.rows(
      `update miner_predictions p set deleted_at = null, prediction = ${RESTORED_PAYLOAD}
       where ${dead} returning p.id`,
      values,
    );
  });
}

export async function* claimDeletions(
  context: PostgresContext,
  claim: DeletionClaim,
  options: ListOptions,
): AsyncGenerator<readonly DeletedRequest[], void, undefined> {
  checkClaim(claim);
  const batchSize = batchSizeOf(options);
  const { database, rules } = context;
  const rule = rules.find(({ label }) => label === claim.label);
  if (rule === undefined) return;
  let last = "0";
  for (;;) {
    const parameters = new Parameters();
    const rows = await database.rows<RequestRow>(
      options.signal,
      `${SELECT_REQUESTS}
       left join foretile_claims k on k.request_id = r.id
       where ${ofLabel(rule, parameters)} and r.id > ${parameters.add(last)}
         and c.deleted > 0 and c.valid + c.invalid = 0
         and (k.request_id is null or not k.done or k.through_version < coalesce(f.version, 0))
       order by r.id limit ${parameters.add(batchSize)}`,
      parameters.values,
    );
    const claimed: DeletedRequest[] = [];
    for (const row of rows) {
      const deleted = await database.transaction(options.signal, (queries) =>
        claimRequest(context, queries, row, claim),
      );
      if (deleted !== undefined) claimed.push(deleted);
    }
    if (claimed.length > 0) yield claimed;
    const [end] = rows.slice(-1);
    if (end === undefined || rows.length < batchSize) return;
    last = end.id;
  }
}

export async function confirmDeletions(
  { database }: PostgresContext,
  deleted: readonly Pick<DeletedRequest, "requestId" | "throughVersion">[],
  options?: CallOptions,
): Promise<readonly RequestStatus[]> {
  const statuses: RequestStatus[] = [];
  for (const { requestId, throughVersion } of deleted) {
    statuses.push(
      await statusOf(requestId, () =>
        database.transaction(options?.signal, async (queries) => {
          const id = await lockRequest(queries, requestId);
          const [claim] = await queries.rows<{ done: boolean }>(
            `update foretile_claims set done = true from (
               select request_id, done from foretile_claims where request_id = $1
             ) before
             where foretile_claims.request_id = before.request_id
               and foretile_claims.through_version = $2
             returning before.done`,
            [id, throughVersion],
          );
          if (claim === undefined) throw notClaimed(requestId, throughVersion);
          if (claim.done) return 0;
          const rows = await queries.rows(
            `select p.id from miner_predictions p
             left join foretile_predictions f on f.prediction_id = p.id
             where p.validator_requests_id = $1 and coalesce(f.version, 0) <= $2`,
            [id, throughVersion],
          );
          return rows.length;
        }),
      ),
    );
  }
  return statuses;
}

/** Claims a request, unless something of it came back to life since it was listed. */
async function claimRequest(
  { rules }: PostgresContext,
  queries: Queries,
  listed: RequestRow,
  { deletedBeforeMs, atMs }: DeletionClaim,
): Promise<DeletedRequest | undefined> {
  const request = catalogRequest(listed, rules);
  await lockRequest(queries, request.id);
  const [state] = await queries.rows<{
    alive: number;
    late: number;
    highest: number;
    version: number;
    through: number | null;
    done: boolean | null;
  }>(
    `select count(*) filter (where p.deleted_at is null)::int as alive,
       count(*) filter (where p.deleted_at >= to_timestamp($2::float8) at time zone 'UTC')::int as late,
       coalesce(max(v.version), 0) as highest, coalesce(max(f.version), 0) as version,
       max(k.through_version) as through, bool_or(k.done) as done
     from miner_predictions p
     left join foretile_predictions v on v.prediction_id = p.id
     left join foretile_requests f on f.request_id = p.validator_requests_id
     left join foretile_claims k on k.request_id = p.validator_requests_id
     where p.validator_requests_id = $1 and p.miner_id is not null`,
    [request.id, deletedBeforeMs / 1_000],
  );
  if (state === undefined || state.alive > 0) return undefined;
  const isCovered = state.through !== null && state.highest <= state.through;
  if (isCovered && state.done === true) return undefined;
  if (!isCovered && state.late > 0) return undefined;
  const throughVersion = isCovered ? (state.through ?? 0) : state.version;
  if (!isCovered) {
    await queries.rows(
      `insert into foretile_claims (request_id, through_version, claimed_at, done)
       values ($1, $2, to_timestamp($3::float8), false)
       on conflict (request_id) do update set through_version = excluded.through_version,
         claimed_at = excluded.claimed_at, done = false`,
      [request.id, throughVersion, atMs / 1_000],
    );
  }
  const tiles = await queries.rows<{ miner_id: string; bigtable_key: string }>(
    `select distinct on (miner_id) miner_id, bigtable_key from miner_predictions
     where validator_requests_id = $1 and miner_id is not null and bigtable_key is not null
     order by miner_id, id`,
    [request.id],
  );
  const { label, asset, startUnixSeconds, timeIncrementSeconds } = request;
  const { timeLengthSeconds, simulations } = request;
  return {
    requestId: request.id,
    request: {
      label,
      asset,
      startUnixSeconds,
      timeIncrementSeconds,
      timeLengthSeconds,
      simulations,
    },
    throughVersion,
    tiles: tiles.map(({ miner_id, bigtable_key }) => ({
      minerId: Number(miner_id),
      tileKey: bigtable_key,
    })),
  };
}

/** Changes requests one by one, each in a transaction that waits for others that change the same one. */
async function changeEach(
  { database }: PostgresContext,
  requestIds: readonly RequestId[],
  options: CallOptions | undefined,
  change: (queries: Queries, id: string) => Promise<readonly unknown[]>,
): Promise<readonly RequestStatus[]> {
  const statuses: RequestStatus[] = [];
  for (const requestId of requestIds) {
    statuses.push(
      await statusOf(requestId, () =>
        database.transaction(options?.signal, async (queries) => {
          const id = await lockRequest(queries, requestId);
          return (await change(queries, id)).length;
        }),
      ),
    );
  }
  return statuses;
}

/** Others may still add predictions meanwhile; who deletes, restores, claims or confirms waits. */
async function lockRequest(queries: Queries, requestId: RequestId): Promise<string> {
  const id = databaseId(requestId);
  const [row] =
    id === undefined
      ? []
      : await queries.rows<{ id: string }>(
          "select id from validator_requests where id = $1 for no key update",
          [id],
        );
  if (row === undefined) throw noSuchRequest(requestId);
  return row.id;
}

async function statusOf(
  requestId: RequestId,
  change: () => Promise<number>,
): Promise<RequestStatus> {
  try {
    return { requestId, ok: true, changed: await change() };
  } catch (error) {
    // What is wrong with one request is its status; an aborted call or a database that is away concerns them all.
    const own = ["no-such-request", "not-restorable", "invalid-argument", "conflict"] as const;
    if (!isCatalogError(error, ...own)) throw error;
    return { requestId, ok: false, error };
  }
}

function notRestorable(id: string, claimed: boolean): CatalogError {
  return new CatalogError(
    "not-restorable",
    claimed
      ? `the request's tiles were handed over for deletion id=${id}`
      : `a tile of the request was in the row itself, where the deletion overwrote it id=${id}`,
  );
}

function notClaimed(requestId: RequestId, throughVersion: number): CatalogError {
  return new CatalogError(
    "invalid-argument",
    `the request was not claimed through that version id=${requestId} version=${throughVersion}`,
  );
}

import type { CallOptions } from "@foretile/storage";
import { VALID_FORMAT, type Prediction } from "../records/prediction.ts";
import type { RequestId } from "../records/request.ts";
import type { PostgresContext } from "./postgres-context.ts";
import { databaseId, noSuchRequest } from "./request-sql.ts";

interface PredictionRow {
  readonly miner_id: string;
  readonly miner_uid: number;
  readonly format_validation: string;
  readonly process_time: number | null;
  readonly bigtable_key: string | null;
  readonly saved_ms: string;
  readonly deleted_ms: string | null;
  readonly reason: string | null;
  readonly version: number;
}

/** Payloads stay in the database: where another program keeps whole tiles there, they are megabytes each. */
export async function readPredictions(
  { database }: PostgresContext,
  requestId: RequestId,
  options?: CallOptions,
): Promise<readonly Prediction[]> {
  const id = databaseId(requestId);
  if (id === undefined) throw noSuchRequest(requestId);
  const rows = await database.rows<PredictionRow>(
    options?.signal,
    `select distinct on (p.miner_id) p.miner_id, coalesce(p.miner_uid, m.miner_uid) as miner_uid,
       coalesce(p.format_validation, 'unknown') as format_validation, p.process_time,
       p.bigtable_key, floor(extract(epoch from p.created_at) * 1000)::bigint as saved_ms,
       floor(extract(epoch from p.deleted_at) * 1000)::bigint as deleted_ms,
       case when p.deleted_at is not null then p.prediction ->> 'reason' end as reason,
       coalesce(f.version, 0) as version
     from miner_predictions p
     join miners m on m.id = p.miner_id
     left join foretile_predictions f on f.prediction_id = p.id
     where p.validator_requests_id = $1
     order by p.miner_id, p.id`,
    [id],
  );
  if (rows.length === 0) {
    const [request] = await database.rows(
      options?.signal,
      "select 1 from validator_requests where id = $1",
      [id],
    );
    if (request === undefined) throw noSuchRequest(requestId);
  }
  return rows.map(predictionOf);
}

function predictionOf(row: PredictionRow): Prediction {
  const isInline = row.bigtable_key === null && row.format_validation === VALID_FORMAT;
  return {
    minerId: Number(row.miner_id),
    minerUid: row.miner_uid,
    formatValidation: row.format_validation,
    processTimeSeconds: row.process_time ?? undefined,
    tileKey: row.bigtable_key ?? undefined,
    place:
      row.bigtable_key !== null
        ? "store"
        : isInline && row.deleted_ms === null
          ? "catalog"
          : "none",
    version: row.version,
    savedAtMs: Number(row.saved_ms),
    ...(row.deleted_ms === null
      ? {}
      : { deleted: { atMs: Number(row.deleted_ms), reason: row.reason ?? "unknown" } }),
  };
}

import { CatalogError } from "../catalog-error.ts";
import { VALID_FORMAT } from "../records/prediction.ts";
import type { CatalogRequest, RequestId } from "../records/request.ts";
import { labelOf, type LabelRule } from "./label-rule.ts";
import type { Parameters } from "./postgres-context.ts";

/*
 * Requests as SQL. Times are never told as texts: `extract(epoch …)` of a time with zone is seconds since 1970, whatever
 * the zone of the session; of a time without zone it reads it as UTC.
 */

export interface RequestRow {
  readonly id: string;
  readonly label: string | null;
  readonly asset: string;
  readonly start: string;
  readonly time_increment: number;
  readonly time_length: number;
  readonly num_simulations: number;
  readonly requested: string | null;
  readonly saved_ms: string;
  readonly version: number;
  readonly valid: number;
  readonly invalid: number;
  readonly deleted: number;
  readonly scored: boolean;
}

/** Selects {@link RequestRow}s as `r`, with our row `f` and counts `c`; a `where` may follow. Rows of ancient releases are left out. */
export const SELECT_REQUESTS: string = `
select r.id, f.label, r.asset, floor(extract(epoch from r.start_time))::bigint as start,
  r.time_increment, r.time_length, r.num_simulations,
  floor(extract(epoch from r.request_time))::bigint as requested,
  floor(extract(epoch from r.created_at) * 1000)::bigint as saved_ms,
  coalesce(f.version, 0) as version, c.valid, c.invalid, c.deleted, c.scored
from validator_requests r
left join foretile_requests f on f.request_id = r.id
cross join lateral (
  select
    count(*) filter (where p.deleted_at is null and p.format_validation = '${VALID_FORMAT}')::int as valid,
    count(*) filter (where p.deleted_at is null
      and p.format_validation is distinct from '${VALID_FORMAT}')::int as invalid,
    count(*) filter (where p.deleted_at is not null)::int as deleted,
    count(s.prompt_score_v3) > 0 as scored,
    count(*) filter (where p.deleted_at is null and s.prompt_score_v3 is null) > 0 as unscored
  from miner_predictions p
  left join miner_scores s on s.miner_predictions_id = p.id
  where p.validator_requests_id = r.id and p.miner_id is not null
) c`;

/** Requests of a length whose fields are all there. */
const READABLE =
  "r.asset is not null and r.time_increment is not null and r.num_simulations is not null";

/** The condition that a request belongs to a rule's label: by what we wrote, else by what it looks like. */
export function ofLabel(rule: LabelRule, parameters: Parameters): string {
  const length = parameters.add(rule.timeLengthSeconds);
  const label = parameters.add(rule.label);
  const looks =
    rule.assets === undefined ? "true" : `r.asset = any(${parameters.add(rule.assets)}::text[])`;
  return `r.time_length = ${length} and ${READABLE}
    and (f.label = ${label} or (f.label is null and ${looks}))`;
}

/** @throws {CatalogError} `unknown-label` when nothing tells its label */
export function catalogRequest(row: RequestRow, rules: readonly LabelRule[]): CatalogRequest {
  const facts = { timeLengthSeconds: row.time_length, asset: row.asset };
  return {
    id: row.id as RequestId,
    label: row.label ?? labelOf(rules, facts),
    asset: row.asset,
    startUnixSeconds: Number(row.start),
    timeIncrementSeconds: row.time_increment,
    timeLengthSeconds: row.time_length,
    simulations: row.num_simulations,
    order: Number(row.id),
    requestedUnixSeconds: row.requested === null ? undefined : Number(row.requested),
    version: row.version,
    savedAtMs: Number(row.saved_ms),
    predictions: { valid: row.valid, invalid: row.invalid, deleted: row.deleted },
    scored: row.scored,
  };
}

/** The database's id in a request's id; `undefined` for a text that is none. */
export function databaseId(requestId: RequestId): string | undefined {
  return /^[1-9][0-9]{0,17}$/.test(requestId) ? requestId : undefined;
}

export function noSuchRequest(requestId: RequestId): CatalogError {
  return new CatalogError(
    "no-such-request",
    `no such request id=${JSON.stringify(requestId.slice(0, 200))}`,
  );
}

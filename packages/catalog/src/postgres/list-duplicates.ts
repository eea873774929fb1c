import type { CallOptions } from "@foretile/storage";
import type { RequestFilter } from "../catalog.ts";
import type { RequestAddress, RequestId } from "../records/request.ts";
import { checkFilter } from "../rules/check-queries.ts";
import { Parameters, type PostgresContext } from "./postgres-context.ts";
import { ofLabel } from "./request-sql.ts";

/** Requests of one label, asset and start: nothing keeps another program from saving one twice. */
export interface DuplicateRequests extends RequestAddress {
  /** In the order they were saved. */
  readonly requestIds: readonly RequestId[];
}

/** The most that is told at once. */
const LIMIT = 1_000;

/** Requests that are there more than once, the latest first, at most 1 000. */
export async function listDuplicates(
  { database, rules }: PostgresContext,
  filter: Omit<RequestFilter, "scored" | "alive">,
  options?: CallOptions,
): Promise<readonly DuplicateRequests[]> {
  const { from, to } = checkFilter(filter);
  const rule = rules.find(({ label }) => label === filter.label);
  if (rule === undefined) return [];
  const parameters = new Parameters();
  const conditions = [
    ofLabel(rule, parameters),
    `r.start_time >= to_timestamp(${parameters.add(from)})`,
    `r.start_time < to_timestamp(${parameters.add(to)})`,
    ...(filter.asset === undefined ? [] : [`r.asset = ${parameters.add(filter.asset)}`]),
  ];
  const rows = await database.rows<{ asset: string; start: string; ids: readonly string[] }>(
    options?.signal,
    `select r.asset, floor(extract(epoch from r.start_time))::bigint as start,
       array_agg(r.id::text order by r.id) as ids
     from validator_requests r left join foretile_requests f on f.request_id = r.id
     where ${conditions.join(" and ")}
     group by r.asset, r.start_time having count(*) > 1
     order by r.start_time desc, r.asset collate "C" limit ${LIMIT}`,
    parameters.values,
  );
  return rows.map(({ asset, start, ids }) => ({
    label: filter.label,
    asset,
    startUnixSeconds: Number(start),
    requestIds: ids as readonly RequestId[],
  }));
}

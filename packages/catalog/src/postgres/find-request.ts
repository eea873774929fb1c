import type { CallOptions } from "@foretile/storage";
import { CatalogError } from "../catalog-error.ts";
import type { CatalogRequest, RequestAddress, RequestId } from "../records/request.ts";
import type { Queries } from "./database.ts";
import { Parameters, type PostgresContext } from "./postgres-context.ts";
import {
  catalogRequest,
  databaseId,
  ofLabel,
  SELECT_REQUESTS,
  type RequestRow,
} from "./request-sql.ts";

/** @throws {CatalogError} `ambiguous-request` when another program made several */
export async function findRequest(
  context: PostgresContext,
  queries: Queries,
  address: RequestAddress,
): Promise<CatalogRequest | undefined> {
  const { label, asset, startUnixSeconds } = address;
  const rule = context.rules.find((candidate) => candidate.label === label);
  if (rule === undefined) return undefined;
  const parameters = new Parameters();
  const where = `${ofLabel(rule, parameters)}
    and r.asset = ${parameters.add(asset)}
    and r.start_time = to_timestamp(${parameters.add(startUnixSeconds)})`;
  const rows = await queries.rows<RequestRow>(
    `${SELECT_REQUESTS} where ${where} order by r.id limit 10`,
    parameters.values,
  );
  const [row, ...others] = rows;
  if (others.length > 0) throw ambiguous(address, rows);
  return row && catalogRequest(row, context.rules);
}

export async function readRequest(
  { database, rules }: PostgresContext,
  requestId: RequestId,
  options?: CallOptions,
): Promise<CatalogRequest | undefined> {
  const id = databaseId(requestId);
  if (id === undefined) return undefined;
  const [row] = await database.rows<RequestRow>(
    options?.signal,
    `${SELECT_REQUESTS} where r.id = $1 and r.asset is not null`,
    [id],
  );
  return row && catalogRequest(row, rules);
}

function ambiguous(address: RequestAddress, rows: readonly RequestRow[]): CatalogError {
  const ids = rows.map(({ id }) => id).join(",");
  return new CatalogError(
    "ambiguous-request",
    `another program saved the request more than once; delete all but one of them ` +
      `label=${address.label} asset=${address.asset} start=${address.startUnixSeconds} ids=${ids}`,
  );
}

import type { CallOptions, Key, Row } from "@foretile/storage";
import { CatalogError } from "../catalog-error.ts";
import type { CatalogRequest, RequestId } from "../records/request.ts";
import {
  catalogRequest,
  predictionsDocument,
  readPredictionsDocument,
  readSummary,
  summaryDocument,
  summaryOf,
  type RequestRecord,
  type RequestSummary,
} from "./request-record.ts";
import { MAX_ROUNDS, type RowContext } from "./row-context.ts";
import { requestKeyOfId } from "./row-keys.ts";
import { cellOf, setCell } from "./row-table.ts";

const SUMMARY = ["request", "summary"] as const;
/** There when any miner has a score. */
export const SCORED = ["request", "scored"] as const;
const PREDICTIONS = ["predictions", "all"] as const;

/** The row's summary; `undefined` when the row is no request yet. */
export function summaryInRow({ documents }: RowContext, row: Row): RequestSummary | undefined {
  const bytes = cellOf(row, ...SUMMARY);
  return bytes && readSummary(documents.open("CREQ", bytes, row.key));
}

/** The request that a row with its `request` family holds. */
export function requestInRow(context: RowContext, row: Row): CatalogRequest | undefined {
  const summary = summaryInRow(context, row);
  return summary && catalogRequest(summary, cellOf(row, ...SCORED) !== undefined);
}

export async function readRequestRow(
  context: RowContext,
  requestId: RequestId,
  options?: CallOptions,
): Promise<CatalogRequest | undefined> {
  const key = requestKeyOfId(requestId);
  const row = key && (await context.table.readRow(key, ["request"], options));
  return row && requestInRow(context, row);
}

/** @throws {CatalogError} `damaged` when the row has a summary and no predictions */
export function recordInRow(context: RowContext, row: Row): RequestRecord | undefined {
  const summary = summaryInRow(context, row);
  if (summary === undefined) return undefined;
  const bytes = cellOf(row, ...PREDICTIONS);
  if (bytes === undefined) {
    throw new CatalogError("damaged", `request has lost its predictions key=${row.key}`);
  }
  const { counts: _, lastDeletedAtMs: _at, change: _change, ...facts } = summary;
  const predictions = readPredictionsDocument(context.documents.open("CPRD", bytes, row.key));
  return { ...facts, predictions };
}

export async function readRecord(
  context: RowContext,
  key: Key,
  options?: CallOptions,
): Promise<RequestRecord | undefined> {
  const row = await context.table.readRow(key, ["request", "predictions"], options);
  return row && recordInRow(context, row);
}

/**
 * Changes a request's row by compare-and-set. Summary and predictions always change together.
 *
 * @param change makes the next record of the newest one, as often as others get in between; `undefined` leaves it
 * @returns the record as it is then
 * @throws {CatalogError} `conflict`, and what `change` throws
 */
export async function changeRecord(
  context: RowContext,
  key: Key,
  change: (record: RequestRecord | undefined) => RequestRecord | undefined,
  options?: CallOptions,
): Promise<RequestRecord | undefined> {
  const { table, documents, ids } = context;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const row = await table.readRow(key, ["request", "predictions"], options);
    const record = row && recordInRow(context, row);
    const next = change(record);
    if (next === undefined) return record;
    const summary = documents.seal("CREQ", summaryDocument(summaryOf(next, ids.nextId())));
    const predictions = documents.seal("CPRD", predictionsDocument(next.predictions));
    const seen = row && cellOf(row, ...SUMMARY);
    const cells = [setCell(...SUMMARY, summary), setCell(...PREDICTIONS, predictions)];
    const swapped = await table.swap(key, SUMMARY, seen, cells, options);
    if (swapped === true) return next;
    if (swapped === "unknown" && (await holdsSummary(context, key, summary, options))) return next;
  }
  throw new CatalogError("conflict", `others keep changing the request; try again key=${key}`, {
    retry: "safe",
  });
}

/** Whether a change whose answer was lost happened, and is the last one: no two summaries are equal. */
async function holdsSummary(
  { table }: RowContext,
  key: Key,
  summary: Uint8Array,
  options?: CallOptions,
): Promise<boolean> {
  const row = await table.readRow(key, ["request"], options);
  const found = row && cellOf(row, ...SUMMARY);
  return found?.length === summary.length && found.every((byte, index) => byte === summary[index]);
}

export function noSuchRequest(requestId: RequestId): CatalogError {
  return new CatalogError(
    "no-such-request",
    `no such request id=${JSON.stringify(requestId.slice(0, 200))}`,
  );
}

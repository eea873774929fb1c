import type { CallOptions } from "@foretile/storage";
import type { ListOptions, RequestFilter, ScorableQuery } from "../catalog.ts";
import { isAlive, type CatalogRequest } from "../records/request.ts";
import { batchSizeOf, checkFilter, scorableEnds } from "../rules/check-queries.ts";
import { partlyScored } from "./partly-scored.ts";
import { readList, removeListed, type Listed } from "./request-lists.ts";
import { requestInRow } from "./request-rows.ts";
import type { RowContext } from "./row-context.ts";
import { requestRowKey } from "./row-keys.ts";

export async function* listRequests(
  context: RowContext,
  filter: RequestFilter,
  options: ListOptions,
): AsyncGenerator<readonly CatalogRequest[], void, undefined> {
  const range = checkFilter(filter);
  const { label, asset, scored, alive } = filter;
  const reads = { signal: options.signal, batchSize: batchSizeOf(options) };
  for await (const batch of readList(context, "start", label, range, reads)) {
    const named = batch.filter(({ address }) => asset === undefined || address.asset === asset);
    const found = await readListed(context, named, options);
    const wanted = found
      .map(({ request }) => request)
      .filter(
        (request) =>
          (scored === undefined || request.scored === scored) &&
          (alive === undefined || isAlive(request) === alive),
      );
    if (wanted.length > 0) yield wanted;
  }
}

export async function* listScorable(
  context: RowContext,
  query: ScorableQuery,
  options: ListOptions,
): AsyncGenerator<readonly CatalogRequest[], void, undefined> {
  const range = scorableEnds(query);
  const reads = { signal: options.signal, batchSize: batchSizeOf(options) };
  for await (const batch of readList(context, "open", query.label, range, reads)) {
    const due: CatalogRequest[] = [];
    const found = await readListed(context, batch, options);
    const scored = found.map(({ request }) => request).filter((request) => request.scored);
    const partly = await partlyScored(context, scored, options);
    for (const { listed, request } of found) {
      const isOpen = isAlive(request) && (!request.scored || partly.has(request.id));
      if (!isOpen) await removeListed(context, listed, options);
      else if (!request.scored || query.partly === true) due.push(request);
    }
    if (due.length > 0) yield due;
  }
}

/** Takes requests that are scored or deleted out of the list of open ones, as far as nobody asks for them any more. */
export async function sweepOpen(
  context: RowContext,
  label: string,
  beforeUnixSeconds: number,
  options?: CallOptions,
): Promise<void> {
  const range = { from: 0, to: beforeUnixSeconds };
  const reads = { signal: options?.signal, batchSize: 100 };
  for await (const batch of readList(context, "open", label, range, reads)) {
    for (const { listed, request } of await readListed(context, batch, options)) {
      if (request.scored || !isAlive(request)) await removeListed(context, listed, options);
    }
  }
}

/** The requests of list rows, in the order of the list; rows that are not followed by a request are passed over. */
async function readListed(
  context: RowContext,
  batch: readonly Listed[],
  options?: CallOptions,
): Promise<readonly { readonly listed: Listed; readonly request: CatalogRequest }[]> {
  if (batch.length === 0) return [];
  const keys = batch.map(({ address }) => requestRowKey(address));
  const signal = options?.signal;
  const rows = await context.table.readKeys(keys, ["request"], { signal });
  return batch.flatMap((listed) => {
    const row = rows.get(requestRowKey(listed.address));
    const request = row && requestInRow(context, row);
    return request === undefined ? [] : [{ listed, request }];
  });
}

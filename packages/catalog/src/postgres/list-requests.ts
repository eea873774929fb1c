import type { ListOptions, RequestFilter, ScorableQuery } from "../catalog.ts";
import type { CatalogRequest } from "../records/request.ts";
import {
  batchSizeOf,
  checkFilter,
  scorableEnds,
  type SecondsRange,
} from "../rules/check-queries.ts";
import { Parameters, type PostgresContext } from "./postgres-context.ts";
import { catalogRequest, ofLabel, SELECT_REQUESTS, type RequestRow } from "./request-sql.ts";

interface Listing {
  readonly label: string;
  readonly asset?: string | undefined;
  /** Starts. */
  readonly range: SecondsRange;
  readonly order: "latest-first" | "oldest-first";
  /** Further conditions on `c`. */
  readonly conditions: readonly string[];
}

export async function* listRequests(
  context: PostgresContext,
  filter: RequestFilter,
  options: ListOptions,
): AsyncGenerator<readonly CatalogRequest[], void, undefined> {
  const range = checkFilter(filter);
  const { label, asset, scored, alive } = filter;
  const conditions = [
    ...(scored === undefined ? [] : [scored ? "c.scored" : "not c.scored"]),
    ...(alive === undefined ? [] : [alive ? "c.valid + c.invalid > 0" : "c.valid + c.invalid = 0"]),
  ];
  yield* list(context, { label, asset, range, order: "latest-first", conditions }, options);
}

/** Requests of a label have one length, so the order of their ends is that of their starts. */
export async function* listScorable(
  context: PostgresContext,
  query: ScorableQuery,
  options: ListOptions,
): AsyncGenerator<readonly CatalogRequest[], void, undefined> {
  const ends = scorableEnds(query);
  const { label } = query;
  const length = context.rules.find((rule) => rule.label === label)?.timeLengthSeconds ?? 0;
  const range = { from: ends.from - length, to: ends.to - length };
  const unscored = query.partly === true ? "(not c.scored or c.unscored)" : "not c.scored";
  const conditions = [unscored, "c.valid + c.invalid > 0"];
  yield* list(context, { label, range, order: "oldest-first", conditions }, options);
}

/** Each batch is a statement of its own that goes on behind the last request of the one before. */
async function* list(
  { database, rules }: PostgresContext,
  listing: Listing,
  options: ListOptions,
): AsyncGenerator<readonly CatalogRequest[], void, undefined> {
  const batchSize = batchSizeOf(options);
  const rule = rules.find(({ label }) => label === listing.label);
  if (rule === undefined) return;
  const [direction, behind] = listing.order === "latest-first" ? ["desc", "<"] : ["asc", ">"];
  let last: CatalogRequest | undefined;
  for (;;) {
    const parameters = new Parameters();
    const conditions = [
      ofLabel(rule, parameters),
      `r.start_time >= to_timestamp(${parameters.add(listing.range.from)})`,
      `r.start_time < to_timestamp(${parameters.add(listing.range.to)})`,
      ...(listing.asset === undefined ? [] : [`r.asset = ${parameters.add(listing.asset)}`]),
      ...listing.conditions,
    ];
    if (last !== undefined) {
      const start = `to_timestamp(${parameters.add(last.startUnixSeconds)})`;
      const place = `(${parameters.add(last.asset)}::text, ${parameters.add(last.id)}::bigint)`;
      conditions.push(
        `(r.start_time ${behind} ${start}
          or (r.start_time = ${start} and (r.asset collate "C", r.id) > ${place}))`,
      );
    }
    const rows = await database.rows<RequestRow>(
      options.signal,
      `${SELECT_REQUESTS} where ${conditions.join(" and ")}
       order by r.start_time ${direction}, r.asset collate "C", r.id
       limit ${parameters.add(batchSize)}`,
      parameters.values,
    );
    const batch = rows.map((row) => catalogRequest(row, rules));
    if (batch.length > 0) yield batch;
    if (batch.length < batchSize) return;
    last = batch.at(-1);
  }
}

import type { CallOptions } from "@foretile/storage";
import { VALID_FORMAT } from "../records/prediction.ts";
import { Database, type DatabaseOptions } from "./database.ts";

/** A request as the network's validator saved it. */
export interface ValidatorRequest {
  /** Requests that were saved later have a higher one. */
  readonly id: number;
  readonly asset: string;
  readonly startUnixSeconds: number;
  readonly timeIncrementSeconds: number;
  readonly timeLengthSeconds: number;
  readonly simulations: number;
  /** Realized prices by step, NaN where missing; `undefined` until the request was scored. */
  readonly realizedPrices: Float64Array | undefined;
}

/** One miner's answer as the network's validator saved it. */
export interface ValidatorAnswer {
  readonly id: number;
  /** `undefined` where the row names no miner. */
  readonly minerId: number | undefined;
  readonly minerUid: number;
  readonly processTimeSeconds: number | undefined;
  /** What the validator said about its format. */
  readonly format: string;
  /** Whether that says that it is an answer. */
  readonly isValid: boolean;
  readonly isDeleted: boolean;
  /** What is stored of a valid answer that is not deleted: the very text of its JSON. */
  readonly prediction: string | undefined;
  /** The sum of its CRPS as the validator computed it; `undefined` where it has none. */
  readonly totalCrps: number | undefined;
  /** Its score among all answers to the request as the validator computed it; `undefined` where it has none. */
  readonly promptScore: number | undefined;
}

/** How many rows there are, up to a request. */
export interface ValidatorCounts {
  readonly requests: number;
  readonly answers: number;
}

/** The database of a validator, only read, in pages: whole tiles are megabytes of JSON each. */
export interface ValidatorDatabase extends AsyncDisposable {
  /** The newest request; 0 where there is none. */
  lastRequestId(options?: CallOptions): Promise<number>;
  /** Rows of requests up to `lastId`. */
  counts(lastId: number, options?: CallOptions): Promise<ValidatorCounts>;
  /** Requests after one and up to another, in the order they were saved. */
  requests(
    range: { readonly afterId: number; readonly lastId: number; readonly limit: number },
    options?: CallOptions,
  ): Promise<readonly ValidatorRequest[]>;
  /** Answers to a request after one, in the order they were saved. */
  answers(
    page: { readonly requestId: number; readonly afterId: number; readonly limit: number },
    options?: CallOptions,
  ): Promise<readonly ValidatorAnswer[]>;
}

/**
 * Opens the database of a validator for reading: the server refuses every change of these sessions. The connection is
 * made when it is first used.
 */
export function openValidatorDatabase(
  options: Omit<DatabaseOptions, "readOnly">,
): ValidatorDatabase {
  const database = new Database({ applicationName: "foretile-import", ...options, readOnly: true });
  return {
    lastRequestId: async ({ signal } = {}) => {
      const [row] = await database.rows<{ readonly id: string }>(
        signal,
        "select coalesce(max(id), 0) as id from validator_requests",
      );
      return Number(row?.id ?? 0);
    },
    counts: async (lastId, { signal } = {}) => {
      const [row] = await database.rows<{ readonly requests: string; readonly answers: string }>(
        signal,
        `select (select count(*) from validator_requests where id <= $1) as requests,
           (select count(*) from miner_predictions where validator_requests_id <= $1) as answers`,
        [lastId],
      );
      return { requests: Number(row?.requests ?? 0), answers: Number(row?.answers ?? 0) };
    },
    requests: async ({ afterId, lastId, limit }, { signal } = {}) => {
      const rows = await database.rows<RequestRow>(
        signal,
        `select id, asset, floor(extract(epoch from start_time))::bigint as start_unix, time_increment,
           time_length, num_simulations, real_prices
         from validator_requests where id > $1 and id <= $2 order by id limit $3`,
        [afterId, lastId, limit],
      );
      return rows.map(requestOf);
    },
    answers: async ({ requestId, afterId, limit }, { signal } = {}) => {
      const rows = await database.rows<AnswerRow>(
        signal,
        `select p.id, p.miner_id, coalesce(p.miner_uid, m.miner_uid, 0) as miner_uid, p.process_time,
           coalesce(p.format_validation, 'unknown') as format, p.deleted_at is not null as is_deleted,
           case when p.deleted_at is null and p.format_validation = $4 then p.prediction::text end
             as prediction,
           case when s.score_details_v3 is not null
             then nullif((s.score_details_v3 ->> 'total_crps')::float8, -1) end as total_crps,
           s.prompt_score_v3 as prompt_score
         from miner_predictions p left join miners m on m.id = p.miner_id
           left join miner_scores s on s.miner_predictions_id = p.id
         where p.validator_requests_id = $1 and p.id > $2 order by p.id limit $3`,
        [requestId, afterId, limit, VALID_FORMAT],
      );
      return rows.map(answerOf);
    },
    [Symbol.asyncDispose]: () => database.close(),
  };
}

/** Whole numbers of eight bytes come as text. */
interface RequestRow {
  readonly id: string;
  readonly asset: string | null;
  readonly start_unix: string;
  readonly time_increment: number | null;
  readonly time_length: number | null;
  readonly num_simulations: number | null;
  readonly real_prices: unknown;
}

interface AnswerRow {
  readonly id: string;
  readonly miner_id: string | null;
  readonly miner_uid: number;
  readonly process_time: number | null;
  readonly format: string;
  readonly is_deleted: boolean;
  readonly prediction: string | null;
  readonly total_crps: number | null;
  readonly prompt_score: number | null;
}

function requestOf(row: RequestRow): ValidatorRequest {
  return {
    id: Number(row.id),
    asset: row.asset ?? "",
    startUnixSeconds: Number(row.start_unix),
    timeIncrementSeconds: row.time_increment ?? 0,
    timeLengthSeconds: row.time_length ?? 0,
    simulations: row.num_simulations ?? 0,
    realizedPrices: pricesOf(row.real_prices),
  };
}

function pricesOf(prices: unknown): Float64Array | undefined {
  if (!Array.isArray(prices) || prices.length === 0) return undefined;
  return Float64Array.from(prices, (price) => (typeof price === "number" ? price : Number.NaN));
}

function answerOf(row: AnswerRow): ValidatorAnswer {
  return {
    id: Number(row.id),
    minerId: row.miner_id === null ? undefined : Number(row.miner_id),
    minerUid: row.miner_uid,
    processTimeSeconds: row.process_time ?? undefined,
    format: row.format,
    isValid: row.format === VALID_FORMAT,
    isDeleted: row.is_deleted,
    prediction: row.prediction ?? undefined,
    totalCrps: row.total_crps ?? undefined,
    promptScore: row.prompt_score ?? undefined,
  };
}

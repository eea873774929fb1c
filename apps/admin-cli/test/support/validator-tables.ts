import { createPredictions, openPredictions } from "@foretile/app-kit";
import { createPostgresCatalog } from "@foretile/catalog/postgres";
import { systemClock } from "@foretile/resilience/system";
import { type PostgresService, postgresService } from "@foretile/testkit/services";
import { Client } from "pg";

import { createSampleStore } from "./sample-store.ts";

export const START = 1_512_475_200;
export const STEPS = 70;

export interface SavedAnswer {
  readonly minerId: number | null;
  readonly prediction: string;
  readonly format?: string;
  readonly isDeleted?: boolean;
}

/** A database with the network's tables, written to as its validator does. */
export interface ValidatorTables extends AsyncDisposable {
  readonly service: PostgresService;
  readonly client: Client;
  /** Names the database, without the password. */
  readonly from: string;
  /** Empty tables in a schema of their own, and miners 1 to 7; the client works there from now on. */
  newSchema(): Promise<string>;
  /** @returns its id */
  saveRequest(asset?: string, startUnix?: number, timeLength?: number): Promise<number>;
  saveAnswers(requestId: number, answers: readonly SavedAnswer[]): Promise<void>;
}

export async function openValidatorTables(): Promise<ValidatorTables> {
  const service = await postgresService();
  const { user, host, port, database } = service;
  const client = new Client({ connectionString: service.url });
  await client.connect();
  let schemas = 0;
  return {
    service,
    client,
    from: `postgresql://${user}@${host}:${port}/${database}`,
    newSchema: async () => {
      schemas += 1;
      const schema = `s${schemas}`;
      await client.query(`create schema ${schema}`);
      const labels = [{ label: "tiny", timeLengthSeconds: 69 * 60 }];
      const options = { connectionString: service.url, schema, labels, clock: systemClock };
      await (await createPostgresCatalog(options))[Symbol.asyncDispose]();
      await client.query(`set search_path to ${schema}`);
      for (const minerId of [1, 2, 3, 4, 5, 6, 7]) {
        await client.query(
          "insert into miners (id, miner_uid, coldkey, hotkey) values ($1, $2, $3, $3)",
          [minerId, 100 + minerId, `key ${minerId}`],
        );
      }
      return schema;
    },
    saveRequest: async (asset = "BTC", startUnix = START, timeLength = 69 * 60) => {
      const { rows } = await client.query<{ id: string }>(
        `insert into validator_requests (start_time, asset, time_increment, time_length, num_simulations)
         values (to_timestamp($1), $2, 60, $3, 4) returning id`,
        [startUnix, asset, timeLength],
      );
      return Number(rows[0]?.id);
    },
    saveAnswers: async (requestId, answers) => {
      for (const { minerId, prediction, format = "CORRECT", isDeleted = false } of answers) {
        const uid = minerId === null ? null : 100 + minerId;
        await client.query(
          `insert into miner_predictions
             (validator_requests_id, miner_id, miner_uid, prediction, format_validation, process_time, deleted_at)
           values ($1, $2, $3, $4::json, $5, 1.5, case when $6 then now() end)`,
          [requestId, minerId, uid, prediction, format, isDeleted],
        );
      }
    },
    [Symbol.asyncDispose]: async () => {
      await client.end();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** An answer as the database has it: JSON text, whose tokens count. */
export function predictionText(price: string, start = START): string {
  const path = `[${Array.from({ length: STEPS }, () => price).join(", ")}]`;
  return `[${start}, 60, ${[path, path, path, path].join(", ")}]`;
}

/** Makes a library with the label that the requests fit. */
export async function emptyTarget(url: string): Promise<void> {
  await createSampleStore(`memory:labels of ${url}`);
  await using labelled = await openPredictions(`memory:labels of ${url}`, "read");
  const labels = await labelled.predictions.labels();
  await (await createPredictions(url, { labels }))[Symbol.asyncDispose]();
}

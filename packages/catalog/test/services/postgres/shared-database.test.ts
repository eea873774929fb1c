import { beforeAll, describe, expect, test } from "vitest";
import { collect } from "../../../src/conformance/assertions.ts";
import {
  DAY,
  invalid,
  lowRequest,
  minerIds,
  NOON,
  save,
  score,
  valid,
} from "../../../src/conformance/samples.ts";
import { isCatalogError, type RequestId } from "../../../src/index.ts";
import { createPostgresCatalog, type PostgresCatalog } from "../../../src/postgres/index.ts";
import { NETWORK_TABLES } from "../../../src/postgres/schema/network-tables.ts";
import { createInstantClock } from "@foretile/testkit";
import { postgresSchemas } from "./postgres-schemas.ts";

/*
 * The network's validator and we on one database: it made the tables, both write. Its side is played by plain SQL.
 */

const { execute, newSchema, optionsFor } = await postgresSchemas("Asia/Kolkata");
const NOON_TEXT = "2026-05-25T12:00:00+00:00";

/** A schema as the validator's migrations leave it. */
async function networkSchema(): Promise<string> {
  const schema = await newSchema();
  await execute(`set search_path = ${schema}`);
  await execute(NETWORK_TABLES);
  await execute("create table alembic_version (version_num varchar(32) primary key)");
  await execute("insert into alembic_version values ('7c32a2966205')");
  return schema;
}

async function openShared(): Promise<PostgresCatalog> {
  return createPostgresCatalog(optionsFor(await networkSchema()));
}

/** Saves a request as the validator does; `payloads` by miner: its JSON and its key. */
async function networkSave(
  minerIdList: readonly number[],
  payload: string,
  key: (minerId: number) => string | null = () => null,
  timeLength = DAY,
): Promise<RequestId> {
  const [request] = await execute(
    `insert into validator_requests (start_time, asset, time_increment, time_length,
       num_simulations, request_time) values ($1, 'BTC', 300, $2, 1000, $1) returning id`,
    [NOON_TEXT, timeLength],
  );
  for (const id of minerIdList) {
    await execute(
      `insert into miner_predictions (validator_requests_id, miner_uid, miner_id, prediction,
         format_validation, process_time, bigtable_key) values ($1, 5, $2, $3, 'CORRECT', 1.5, $4)`,
      [request?.["id"], id, payload, key(id)],
    );
  }
  return String(request?.["id"]) as RequestId;
}

async function shape(): Promise<unknown> {
  return execute(
    `select table_name, column_name, data_type, is_nullable, column_default, null as index
     from information_schema.columns where table_schema = current_schema()
       and table_name not like 'foretile%'
     union all
     select tablename, indexname, null, null, null, indexdef from pg_indexes
     where schemaname = current_schema() and tablename not like 'foretile%'
     order by 1, 2, 3`,
  );
}

test("setting up adds tables beside the network's and changes none of them", async () => {
  const schema = await networkSchema();
  const before = await shape();
  await using catalog = await createPostgresCatalog(optionsFor(schema));
  expect(await shape()).toEqual(before);
  expect(await catalog.currentMiners()).toEqual([]);
  const tables = await execute(
    `select table_name from information_schema.tables
     where table_schema = current_schema() and table_name like 'foretile%' order by 1`,
  );
  expect(tables.map((row) => row["table_name"])).toEqual([
    "foretile_claims",
    "foretile_migrations",
    "foretile_predictions",
    "foretile_requests",
  ]);
});

describe("what the validator wrote", () => {
  test("is read: tiles in the rows, and tiles in a store", async () => {
    await using catalog = await openShared();
    const [a = 0, b = 0] = await minerIds(catalog, 2);
    const inline = await networkSave([a], JSON.stringify([NOON, 300, [1, 2]]));
    const stored = await networkSave([b], '{"stored": "bigtable"}', (id) => `BTC#1#00000${id}`);
    const listed = await collect(catalog.listRequests({ label: "low" }));
    expect(listed).toMatchObject([
      { id: inline, label: "low", startUnixSeconds: NOON, version: 0, scored: false },
      { id: stored, requestedUnixSeconds: NOON, predictions: { valid: 1, invalid: 0, deleted: 0 } },
    ]);
    expect(await catalog.readPredictions(inline)).toMatchObject([
      { minerId: a, minerUid: 5, place: "catalog", tileKey: undefined, version: 0 },
    ]);
    expect(await catalog.readPredictions(stored)).toMatchObject([
      { minerId: b, place: "store", tileKey: `BTC#1#00000${b}` },
    ]);
  });

  test("is never put under a label by guessing", async () => {
    await using catalog = await openShared();
    const odd = await networkSave([], "[]", undefined, 42);
    expect(await collect(catalog.listRequests({ label: "low" }))).toEqual([]);
    expect(await collect(catalog.listRequests({ label: "high" }))).toEqual([]);
    await expect(catalog.readRequest(odd)).rejects.toSatisfy((error) =>
      isCatalogError(error, "unknown-label"),
    );
  });

  test("twice is listed twice, told, and refused where one is meant", async () => {
    await using catalog = await openShared();
    const [a = 0] = await minerIds(catalog, 1);
    const ids = [await networkSave([a], "[]"), await networkSave([a], "[]")];
    const listed = await collect(catalog.listRequests({ label: "low" }));
    expect(listed.map(({ id }) => id)).toEqual(ids);
    expect(await catalog.listDuplicates({ label: "low" })).toEqual([
      { label: "low", asset: "BTC", startUnixSeconds: NOON, requestIds: ids },
    ]);
    const refusal = expect.toSatisfy((error) => isCatalogError(error, "ambiguous-request"));
    await expect(catalog.findRequest(lowRequest("BTC", NOON))).rejects.toEqual(refusal);
    await expect(save(catalog, lowRequest("BTC", NOON), [valid(a)])).rejects.toEqual(refusal);
    expect(await execute("select count(*)::int as n from miner_predictions")).toEqual([{ n: 2 }]);
  });

  test("once is the request we save to as well", async () => {
    await using catalog = await openShared();
    const [a = 0, b = 0] = await minerIds(catalog, 2);
    const id = await networkSave([a], '{"stored": "bigtable"}', () => "key");
    const saved = await save(catalog, lowRequest("BTC", NOON), [valid(b)]);
    expect(saved).toMatchObject({ requestId: id, created: false, written: 1 });
    const rows = await catalog.readPredictions(id);
    expect(rows.map(({ minerId, version }) => [minerId, version])).toEqual([
      [a, 0],
      [b, 1],
    ]);
  });

  test("scores with details of every age are read", async () => {
    await using catalog = await openShared();
    const [a = 0, b = 0, c = 0] = await minerIds(catalog, 3);
    const id = await networkSave([a, b, c], '{"stored": "bigtable"}', (miner) => `k${miner}`);
    const details = {
      total_crps: 12.5,
      percentile90: 20,
      lowest_score: 10,
      prompt_score_v3: 2.5,
      crps_data: [
        { Interval: "5min", Increment: 1, CRPS: 4 },
        { Interval: "5min", Increment: "Total", CRPS: 12.5 },
        { Interval: "Overall", Increment: "Total", CRPS: 12.5 },
      ],
    };
    for (const [miner, value, json] of [
      [a, 2.5, JSON.stringify(details)],
      [b, 9, "{}"],
      [c, null, "{}"],
    ] as const) {
      await execute(
        `insert into miner_scores (miner_uid, miner_predictions_id, scored_time, prompt_score_v3,
           score_details_v3)
         select 5, id, $2, $3, $4 from miner_predictions where miner_id = $1`,
        [miner, NOON_TEXT, value, json],
      );
    }
    const scores = await catalog.readScores(id);
    expect(scores?.scoredAtUnixSeconds).toBe(NOON + DAY);
    expect(scores?.scores).toEqual([
      {
        minerId: a,
        minerUid: 5,
        requestVersion: 0,
        promptScore: 2.5,
        totalCrps: 12.5,
        percentile90: 20,
        lowest: 10,
        intervals: { "5min": 12.5 },
      },
      {
        minerId: b,
        minerUid: 5,
        requestVersion: 0,
        promptScore: 9,
        totalCrps: undefined,
        percentile90: undefined,
        lowest: undefined,
        intervals: {},
      },
    ]);
  });

  test("and deleted comes back with a key, and not without its bytes", async () => {
    await using catalog = await openShared();
    const [a = 0] = await minerIds(catalog, 1);
    const stored = await networkSave([a], '{"stored": "bigtable"}', () => "key");
    const inline = await networkSave([a], "[1, 2, [3]]");
    await execute(
      `update miner_predictions set deleted_at = now() at time zone 'UTC',
         prediction = '{"deleted": true, "reason": "light mode"}'`,
    );
    const [row] = await catalog.readPredictions(stored);
    expect(row?.deleted?.reason).toBe("light mode");
    const statuses = await catalog.restore([stored, inline], { deletedSinceMs: 0 });
    expect(statuses[0]).toMatchObject({ ok: true, changed: 1 });
    expect(statuses[1]).toMatchObject({ ok: false, error: { code: "not-restorable" } });
    expect(
      await execute("select prediction, deleted_at from miner_predictions order by id"),
    ).toMatchObject([
      { prediction: { stored: "bigtable" }, deleted_at: null },
      { prediction: { deleted: true, reason: "light mode" } },
    ]);
  });
});

describe("what we write", () => {
  let catalog: PostgresCatalog;
  let requestId: RequestId;
  let ids: readonly number[];

  beforeAll(async () => {
    catalog = await openShared();
    ids = await minerIds(catalog, 2);
    const [a = 0, b = 0] = ids;
    const request = lowRequest("BTC", NOON);
    const predictions = [valid(a, 7), invalid(b, 8)];
    const saved = await catalog.saveRequest({
      request,
      requestedUnixSeconds: NOON - 60,
      version: 1,
      predictions,
    });
    requestId = saved.requestId;
    return () => catalog.close();
  });

  test("is a request and predictions as the validator writes them", async () => {
    expect(
      await execute(
        `select start_time = $1::timestamptz as start, asset, time_increment, time_length,
           num_simulations, request_time = $1::timestamptz - interval '1 minute' as requested
         from validator_requests`,
        [NOON_TEXT],
      ),
    ).toEqual([
      {
        start: true,
        asset: "BTC",
        time_increment: 300,
        time_length: DAY,
        num_simulations: 1000,
        requested: true,
      },
    ]);
    expect(
      await execute(
        `select miner_id::int, miner_uid, prediction::text, format_validation, process_time,
           bigtable_key, deleted_at from miner_predictions order by miner_id`,
      ),
    ).toEqual([
      {
        miner_id: ids[0],
        miner_uid: 7,
        prediction: '{"stored": "bigtable"}',
        format_validation: "CORRECT",
        process_time: 1.5,
        bigtable_key: `tile#${ids[0]}`,
        deleted_at: null,
      },
      {
        miner_id: ids[1],
        miner_uid: 8,
        prediction: "[]",
        format_validation: "Number of paths is not 1000",
        process_time: null,
        bigtable_key: null,
        deleted_at: null,
      },
    ]);
  });

  test("is scores that the validator's window finds, and prices", async () => {
    const [a = 0, b = 0] = ids;
    await catalog.writeScores({
      requestId,
      requestVersion: 1,
      scores: [score(a, 0.5), { ...score(b, 90), totalCrps: undefined, intervals: {} }],
      realizedPrices: [1.5, Number.NaN],
    });
    expect(
      await execute(
        `select s.miner_uid, s.prompt_score_v3, s.score_details_v3,
           s.scored_time = r.start_time + interval '1 day' as at_the_end, r.real_prices::text
         from miner_scores s join miner_predictions p on p.id = s.miner_predictions_id
         join validator_requests r on r.id = p.validator_requests_id order by p.id`,
      ),
    ).toEqual([
      {
        miner_uid: 7,
        prompt_score_v3: 0.5,
        score_details_v3: {
          total_crps: 100.5,
          percentile90: 190.5,
          lowest_score: 100,
          prompt_score_v3: 0.5,
          crps_data: [
            { Interval: "5min", Increment: "Total", CRPS: 60.5 },
            { Interval: "24hour_abs", Increment: "Total", CRPS: 40 },
            { Interval: "Overall", Increment: "Total", CRPS: 100.5 },
          ],
          request_version: 1,
        },
        at_the_end: true,
        real_prices: "[1.5,null]",
      },
      {
        miner_uid: 8,
        prompt_score_v3: 90,
        score_details_v3: {
          total_crps: -1,
          percentile90: 190.5,
          lowest_score: 100,
          prompt_score_v3: 90,
          crps_data: [],
          request_version: 1,
        },
        at_the_end: true,
        real_prices: "[1.5,null]",
      },
    ]);
  });

  test("is rewards of a prompt name", async () => {
    const [a = 0] = ids;
    const rewards = [{ minerId: a, minerUid: 7, smoothedScore: 1.25, rewardWeight: 0.5 }];
    await catalog.writeRewards({ label: "low", updatedUnixSeconds: NOON, rewards });
    expect(
      await execute(
        `select miner_id::int, miner_uid, smoothed_score, reward_weight, prompt_name,
           updated_at = $1::timestamptz as noon from miner_rewards`,
        [NOON_TEXT],
      ),
    ).toEqual([
      {
        miner_id: a,
        miner_uid: 7,
        smoothed_score: 1.25,
        reward_weight: 0.5,
        prompt_name: "low",
        noon: true,
      },
    ]);
  });

  test("is times in UTC also where the column has no zone", async () => {
    // The database itself is hours ahead.
    for (const column of [
      "validator_requests.created_at",
      "miner_predictions.created_at",
      "miners.created_at",
      "miners.updated_at",
      "miner_scores.created_at",
      "miner_scores.updated_at",
      "miner_rewards.created_at",
    ]) {
      const [table, name] = column.split(".");
      const rows = await execute(
        `select bool_and(abs(extract(epoch from
           (${name} at time zone 'UTC' - clock_timestamp()))) < 600) as near from ${table}`,
      );
      expect([column, rows]).toEqual([column, [{ near: true }]]);
    }
  });

  test("is each reward once, whoever writes at the same time", async () => {
    const [a = 0, b = 0] = ids;
    const rewards = [a, b].map((minerId) => ({
      minerId,
      minerUid: 7,
      smoothedScore: 1,
      rewardWeight: 0.5,
    }));
    // Several rounds: in the first ones most sessions are still being opened.
    for (let round = 0; round < 6; round += 1) {
      const set = { label: "high", updatedUnixSeconds: NOON + round, rewards };
      await Promise.all(Array.from({ length: 12 }, () => catalog.writeRewards(set)));
    }
    expect(
      await execute("select count(*)::int as n from miner_rewards where prompt_name = 'high'"),
    ).toEqual([{ n: 12 }]);
  });

  test("is tombstones as the validator writes them", async () => {
    await catalog.softDelete([requestId], { reason: "thinned", atMs: NOON * 1_000 });
    expect(
      await execute(
        `select prediction, to_char(deleted_at, 'YYYY-MM-DD HH24:MI:SS') as deleted_at,
           bigtable_key from miner_predictions order by miner_id`,
      ),
    ).toEqual([
      {
        prediction: { deleted: true, reason: "thinned" },
        deleted_at: "2026-05-25 12:00:00",
        bigtable_key: `tile#${ids[0]}`,
      },
      {
        prediction: { deleted: true, reason: "thinned" },
        deleted_at: "2026-05-25 12:00:00",
        bigtable_key: null,
      },
    ]);
  });
});

test("who registers last holds a slot, also when its clock is behind", async () => {
  const schema = await networkSchema();
  await using catalog = await createPostgresCatalog(optionsFor(schema));
  const clock = createInstantClock({ startMs: NOON * 1_000 - 400 * DAY * 1_000 });
  await using behind = await createPostgresCatalog({ ...optionsFor(schema), clock });
  await catalog.registerMiners([{ uid: 1, coldkey: "c", hotkey: "first" }]);
  await behind.registerMiners([{ uid: 1, coldkey: "c", hotkey: "second" }]);
  expect(await catalog.currentMiners()).toMatchObject([{ uid: 1, hotkey: "second" }]);
});

test("payloads of type jsonb are written too", async () => {
  const schema = await networkSchema();
  await execute("alter table miner_predictions alter column prediction type jsonb");
  await using catalog = await createPostgresCatalog(optionsFor(schema));
  const [a = 0] = await minerIds(catalog, 1);
  const { requestId } = await save(catalog, lowRequest("BTC", NOON), [valid(a)]);
  await save(catalog, lowRequest("BTC", NOON), [invalid(a)], 2);
  await save(catalog, lowRequest("BTC", NOON), [valid(a)], 3);
  await catalog.softDelete([requestId], { reason: "thinned", atMs: 1 });
  const [row] = await catalog.readPredictions(requestId);
  expect(row?.deleted).toEqual({ atMs: 1, reason: "thinned" });
  expect((await catalog.restore([requestId], { deletedSinceMs: 0 }))[0]).toMatchObject({
    ok: true,
  });
  expect(await execute("select prediction from miner_predictions")).toEqual([
    { prediction: { stored: "bigtable" } },
  ]);
});

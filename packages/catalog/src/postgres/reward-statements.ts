import type { CallOptions } from "@foretile/storage";
import type { ListOptions, RewardFilter } from "../catalog.ts";
import { CatalogError } from "../catalog-error.ts";
import type { NewReward, NewRewards, RewardSet } from "../records/reward.ts";
import type { MinerStatus } from "../records/score.ts";
import { batchSizeOf, checkFilter } from "../rules/check-queries.ts";
import { checkNewRewards, rewardFault } from "../rules/check-scores.ts";
import { unknownMiners } from "./miner-statements.ts";
import type { PostgresContext } from "./postgres-context.ts";

interface RewardRow {
  readonly seconds: string;
  readonly miner_id: string;
  readonly miner_uid: number;
  readonly smoothed_score: number;
  readonly reward_weight: number;
}

/** Writers of one set wait for each other: the table itself does not keep a reward from being there twice. */
export async function writeRewards(
  { database, clock }: PostgresContext,
  rewards: NewRewards,
  options?: CallOptions,
): Promise<readonly MinerStatus[]> {
  checkNewRewards(rewards);
  const { label, updatedUnixSeconds } = rewards;
  return database.transaction(options?.signal, async (queries) => {
    await queries.rows("select pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `foretile/rewards/${label}/${updatedUnixSeconds}`,
    ]);
    const ids = rewards.rewards.map(({ minerId }) => minerId).filter(Number.isSafeInteger);
    const unknown = await unknownMiners(queries, ids);
    const accepted: NewReward[] = [];
    const statuses = rewards.rewards.map((reward): MinerStatus => {
      const { minerId } = reward;
      const isUnknown = unknown.has(minerId) || !Number.isSafeInteger(minerId);
      const error = rewardFault(reward) ?? (isUnknown ? unknownMiner(minerId) : undefined);
      if (error !== undefined) return { minerId, ok: false, error };
      accepted.push(reward);
      return { minerId, ok: true };
    });
    if (accepted.length === 0) return statuses;
    await queries.rows(
      `insert into miner_rewards (miner_id, miner_uid, smoothed_score, reward_weight, updated_at,
         created_at, prompt_name)
       select u.miner_id, u.miner_uid, u.smoothed, u.weight, to_timestamp($5),
         to_timestamp($6::float8) at time zone 'UTC', $7
       from unnest($1::bigint[], $2::int[], $3::float8[], $4::float8[])
         as u (miner_id, miner_uid, smoothed, weight)
       where not exists (
         select 1 from miner_rewards w
         where w.prompt_name = $7 and w.updated_at = to_timestamp($5) and w.miner_id = u.miner_id)`,
      [
        accepted.map(({ minerId }) => minerId),
        accepted.map(({ minerUid }) => minerUid),
        accepted.map(({ smoothedScore }) => smoothedScore),
        accepted.map(({ rewardWeight }) => rewardWeight),
        updatedUnixSeconds,
        clock.nowMs() / 1_000,
        label,
      ],
    );
    return statuses;
  });
}

export async function* listRewards(
  { database }: PostgresContext,
  filter: RewardFilter,
  options: ListOptions,
): AsyncGenerator<readonly RewardSet[], void, undefined> {
  const range = checkFilter(filter);
  const batchSize = batchSizeOf(options);
  let { to } = range;
  for (;;) {
    const rows = await database.rows<RewardRow>(
      options.signal,
      `with times as (
         select distinct updated_at from miner_rewards
         where prompt_name = $1 and miner_id is not null and updated_at >= to_timestamp($2)
           and updated_at < to_timestamp($3)
         order by updated_at desc limit $4
       )
       select distinct on (w.updated_at, w.miner_id)
         floor(extract(epoch from w.updated_at))::bigint as seconds, w.miner_id,
         coalesce(w.miner_uid, m.miner_uid) as miner_uid, w.smoothed_score, w.reward_weight
       from times t join miner_rewards w on w.updated_at = t.updated_at and w.prompt_name = $1
       join miners m on m.id = w.miner_id
       order by w.updated_at desc, w.miner_id, w.id`,
      [filter.label, range.from, to, batchSize],
    );
    const sets = Array.from(
      Map.groupBy(rows, ({ seconds }) => Number(seconds)),
      ([updatedUnixSeconds, own]): RewardSet => ({
        label: filter.label,
        updatedUnixSeconds,
        rewards: own.map(rewardOf),
      }),
    );
    if (sets.length > 0) yield sets;
    const last = sets.at(-1);
    if (last === undefined || sets.length < batchSize) return;
    to = last.updatedUnixSeconds;
  }
}

function rewardOf(row: RewardRow): NewReward {
  return {
    minerId: Number(row.miner_id),
    minerUid: row.miner_uid,
    smoothedScore: row.smoothed_score,
    rewardWeight: row.reward_weight,
  };
}

function unknownMiner(minerId: number): CatalogError {
  return new CatalogError(
    "unknown-miner",
    `no miner was registered with that id miner_id=${minerId}`,
  );
}

import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import type { ListOptions, RewardFilter } from "../catalog.ts";
import { CatalogError } from "../catalog-error.ts";
import type { NewReward, NewRewards, RewardSet } from "../records/reward.ts";
import type { MinerStatus } from "../records/score.ts";
import { batchSizeOf, checkFilter } from "../rules/check-queries.ts";
import { checkNewRewards, rewardFault } from "../rules/check-scores.ts";
import type { DocumentFields } from "./document-fields.ts";
import { unknownMiners } from "./miner-rows.ts";
import { MAX_ROUNDS, type RowContext } from "./row-context.ts";
import { rewardRange, rewardRowKey } from "./row-keys.ts";
import { cellOf, setCell } from "./row-table.ts";

const CELL = ["record", "rewards"] as const;

/** A set is one cell: it grows by compare-and-set, and what it has stays. */
export async function writeRewards(
  context: RowContext,
  rewards: NewRewards,
  options?: CallOptions,
): Promise<readonly MinerStatus[]> {
  checkNewRewards(rewards);
  const ids = rewards.rewards.map(({ minerId }) => minerId).filter(isMinerId);
  const unknown = await unknownMiners(context, ids, options);
  const accepted: NewReward[] = [];
  const statuses = rewards.rewards.map((reward): MinerStatus => {
    const { minerId } = reward;
    const error =
      rewardFault(reward) ??
      (unknown.has(minerId) || !isMinerId(minerId) ? unknownMiner(minerId) : undefined);
    if (error !== undefined) return { minerId, ok: false, error };
    accepted.push(reward);
    return { minerId, ok: true };
  });
  if (accepted.length > 0) await addRewards(context, { ...rewards, rewards: accepted }, options);
  return statuses;
}

export async function* listRewards(
  context: RowContext,
  filter: RewardFilter,
  options: ListOptions,
): AsyncGenerator<readonly RewardSet[], void, undefined> {
  const range = checkFilter(filter);
  const reads = { signal: options.signal, batchSize: batchSizeOf(options) };
  const rows = context.table.readRange(rewardRange(filter.label, range), ["record"], reads);
  for await (const batch of rows) {
    yield batch.map((row) =>
      readRewardSet(
        context.documents.open("CRWD", cellOf(row, ...CELL) ?? new Uint8Array(0), row.key),
      ),
    );
  }
}

async function addRewards(
  { table, documents }: RowContext,
  { label, updatedUnixSeconds, rewards }: NewRewards,
  options?: CallOptions,
): Promise<void> {
  const key = rewardRowKey(label, updatedUnixSeconds);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const row = await table.readRow(key, ["record"], options);
    const seen = row && cellOf(row, ...CELL);
    const stored = seen ? readRewardSet(documents.open("CRWD", seen, key)).rewards : [];
    const known = new Set(stored.map(({ minerId }) => minerId));
    const added = rewards.filter(({ minerId }) => !known.has(minerId));
    if (added.length === 0) return;
    const all = [...stored, ...added].sort((left, right) => left.minerId - right.minerId);
    const next = documents.seal(
      "CRWD",
      rewardDocument({ label, updatedUnixSeconds, rewards: all }),
    );
    if ((await table.swap(key, CELL, seen, [setCell(...CELL, next)], options)) === true) return;
  }
  throw new CatalogError("conflict", `others keep changing the rewards; try again key=${key}`, {
    retry: "safe",
  });
}

function rewardDocument({ label, updatedUnixSeconds, rewards }: RewardSet): DocumentValue {
  return {
    label,
    updated_unix_seconds: updatedUnixSeconds,
    rewards: rewards.map(({ minerId, minerUid, smoothedScore, rewardWeight }) => ({
      miner_id: minerId,
      miner_uid: minerUid,
      smoothed_score: smoothedScore,
      reward_weight: rewardWeight,
    })),
  };
}

function readRewardSet(fields: DocumentFields): RewardSet {
  return {
    label: fields.text("label"),
    updatedUnixSeconds: fields.integer("updated_unix_seconds"),
    rewards: fields.records("rewards", (reward) => ({
      minerId: reward.integer("miner_id"),
      minerUid: reward.integer("miner_uid"),
      smoothedScore: reward.number("smoothed_score"),
      rewardWeight: reward.number("reward_weight"),
    })),
  };
}

function isMinerId(id: number): boolean {
  return Number.isSafeInteger(id) && id > 0 && id < 10 ** 15;
}

function unknownMiner(minerId: number): CatalogError {
  return new CatalogError(
    "unknown-miner",
    `no miner was registered with that id miner_id=${minerId}`,
  );
}

import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions, Row, RowMutation } from "@foretile/storage";
import { CatalogError } from "../catalog-error.ts";
import type { Miner, MinerIdentity } from "../records/miner.ts";
import { checkMiners } from "../rules/check-queries.ts";
import { takeNumbers } from "./counters.ts";
import type { DocumentFields } from "./document-fields.ts";
import type { RowContext } from "./row-context.ts";
import { holderRowKey, HOLDERS, MINER_COUNTER, minerIdRowKey, minerRowKey } from "./row-keys.ts";
import { cellOf, setCell } from "./row-table.ts";

const CELL = ["record", "miner"] as const;

/**
 * Ids of identities are given once: whoever writes an identity's row first decides. The row of an id is written before,
 * so that an identity is never known without its id; an id that lost the race leaves a row that nobody looks up.
 */
export async function registerMiners(
  context: RowContext,
  identities: readonly MinerIdentity[],
  options?: CallOptions,
): Promise<readonly Miner[]> {
  checkMiners(identities);
  const rows = await context.table.readKeys(identities.map(minerRowKey), ["record"], options);
  const known = identities.map((identity) => minerInRow(context, rows.get(minerRowKey(identity))));
  const missing = identities.filter((_, index) => known[index] === undefined);
  const added = await addMiners(context, missing, options);
  let next = 0;
  const miners = known.map((miner) => {
    if (miner !== undefined) return miner;
    next += 1;
    return added[next - 1];
  }) as Miner[];
  await context.table.mutate(
    miners.map((miner) => minerMutation(context, holderRowKey(miner.uid), miner)),
    options,
  );
  return miners;
}

export async function currentMiners(
  context: RowContext,
  options?: CallOptions,
): Promise<readonly Miner[]> {
  const miners: Miner[] = [];
  const reads = context.table.readRange(HOLDERS, ["record"], {
    signal: options?.signal,
    batchSize: 1_000,
  });
  for await (const batch of reads) {
    for (const row of batch) {
      const miner = minerInRow(context, row);
      if (miner !== undefined) miners.push(miner);
    }
  }
  return miners;
}

/** Those of some ids that no miner has. */
export async function unknownMiners(
  { table }: RowContext,
  ids: readonly number[],
  options?: CallOptions,
): Promise<ReadonlySet<number>> {
  if (ids.length === 0) return new Set();
  const found = await table.readKeys(ids.map(minerIdRowKey), ["record"], options);
  return new Set(ids.filter((id) => !found.has(minerIdRowKey(id))));
}

async function addMiners(
  context: RowContext,
  identities: readonly MinerIdentity[],
  options?: CallOptions,
): Promise<Miner[]> {
  if (identities.length === 0) return [];
  const { table } = context;
  const first = await takeNumbers(context, MINER_COUNTER, identities.length, options);
  const candidates = identities.map(({ uid, coldkey, hotkey }, index) => ({
    id: first + index,
    uid,
    coldkey,
    hotkey,
  }));
  await table.mutate(
    candidates.map((miner) => minerMutation(context, minerIdRowKey(miner.id), miner)),
    options,
  );
  const settled: Miner[] = [];
  for (const candidate of candidates) {
    const { key, mutations } = minerMutation(context, minerRowKey(candidate), candidate);
    const swapped = await table.swap(key, CELL, undefined, mutations, options);
    if (swapped === true) {
      settled.push(candidate);
      continue;
    }
    const winner = minerInRow(context, await table.readRow(key, ["record"], options));
    if (winner === undefined) {
      throw new CatalogError("unavailable", `miner was not written; try again key=${key}`, {
        retry: "safe",
      });
    }
    settled.push(winner);
  }
  return settled;
}

function minerMutation(
  { documents }: RowContext,
  key: RowMutation["key"],
  miner: Miner,
): RowMutation {
  const { id, uid, coldkey, hotkey } = miner;
  const document: DocumentValue = { id, uid, coldkey, hotkey };
  return { key, mutations: [setCell(...CELL, documents.seal("CMIN", document))] };
}

function minerInRow({ documents }: RowContext, row: Row | undefined): Miner | undefined {
  const bytes = row && cellOf(row, ...CELL);
  return bytes && readMiner(documents.open("CMIN", bytes, row.key));
}

function readMiner(fields: DocumentFields): Miner {
  return {
    id: fields.integer("id"),
    uid: fields.integer("uid"),
    coldkey: fields.text("coldkey"),
    hotkey: fields.text("hotkey"),
  };
}

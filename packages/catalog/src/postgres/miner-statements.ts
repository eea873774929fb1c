import type { CallOptions } from "@foretile/storage";
import type { Miner, MinerIdentity } from "../records/miner.ts";
import { checkMiners } from "../rules/check-queries.ts";
import type { Queries } from "./database.ts";
import type { PostgresContext } from "./postgres-context.ts";

/** Registrations wait for each other, so that each is later than the one before it. */
const MINER_LOCK = "foretile/miners";

interface MinerRow {
  readonly id: string;
  readonly miner_uid: number;
  readonly coldkey: string;
  readonly hotkey: string;
}

/**
 * The newest `updated_at` of a slot names its holder, to every program. It is set later than all others of the slot
 * even when this machine's clock is behind.
 */
export async function registerMiners(
  { database, clock }: PostgresContext,
  identities: readonly MinerIdentity[],
  options?: CallOptions,
): Promise<readonly Miner[]> {
  checkMiners(identities);
  if (identities.length === 0) return [];
  const rows = await database.transaction(options?.signal, async (queries) => {
    await queries.rows("select pg_advisory_xact_lock(hashtextextended($1, 0))", [MINER_LOCK]);
    return queries.rows<MinerRow>(
      `insert into miners (miner_uid, coldkey, hotkey, created_at, updated_at)
       select given.uid, given.coldkey, given.hotkey, clock.now, greatest(clock.now, latest.next)
       from unnest($1::int[], $2::text[], $3::text[]) as given (uid, coldkey, hotkey)
       cross join (select to_timestamp($4) at time zone 'UTC' as now) clock
       left join lateral (
         select max(m.updated_at) + interval '1 microsecond' as next
         from miners m where m.miner_uid = given.uid
       ) latest on true
       on conflict (miner_uid, coldkey, hotkey) do update set updated_at = excluded.updated_at
       returning id, miner_uid, coldkey, hotkey`,
      [
        identities.map(({ uid }) => uid),
        identities.map(({ coldkey }) => coldkey),
        identities.map(({ hotkey }) => hotkey),
        clock.nowMs() / 1_000,
      ],
    );
  });
  const byUid = new Map(rows.map((row) => [row.miner_uid, minerOf(row)]));
  return identities.flatMap(({ uid }) => byUid.get(uid) ?? []);
}

export async function currentMiners(
  { database }: PostgresContext,
  options?: CallOptions,
): Promise<readonly Miner[]> {
  const rows = await database.rows<MinerRow>(
    options?.signal,
    `select distinct on (miner_uid) id, miner_uid, coalesce(coldkey, '') as coldkey,
       coalesce(hotkey, '') as hotkey
     from miners order by miner_uid, updated_at desc, id desc`,
  );
  return rows.map(minerOf);
}

/** Those of some ids that no miner has. */
export async function unknownMiners(
  queries: Queries,
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  const rows = await queries.rows<{ id: string }>(
    "select id from miners where id = any($1::bigint[])",
    [ids],
  );
  const found = new Set(rows.map(({ id }) => Number(id)));
  return new Set(ids.filter((id) => !found.has(id)));
}

function minerOf({ id, miner_uid, coldkey, hotkey }: MinerRow): Miner {
  return { id: Number(id), uid: miner_uid, coldkey, hotkey };
}

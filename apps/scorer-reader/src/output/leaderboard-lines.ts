import { unixSecondsToIso } from "@foretile/keyspace";

import type { Leaderboard } from "../leaderboard/leaderboard.ts";

/** The name that the sum over all labels goes by; no label has it, because a label's name has no blank. */
const ALL_LABELS = "all labels";

/** A miner's place as a line of JSON. */
export interface LeaderboardLine {
  /** The label, or `all labels`. */
  readonly leaderboard: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** From 1, best first. */
  readonly rank: number;
  readonly miner_id: number;
  readonly miner_uid: number;
  /** Moving average of prompt scores; null over all labels and for miners without any. */
  readonly average: number | null;
  /** Part of what is handed out. */
  readonly weight: number;
}

/** One line a miner and label, then one a miner over all labels. */
export function leaderboardLines({
  atUnixSeconds,
  labels,
  combined,
}: Leaderboard): LeaderboardLine[] {
  const at = unixSecondsToIso(atUnixSeconds);
  const perLabel = labels.flatMap(({ label, standings }) =>
    standings.map((standing, index) => ({
      leaderboard: label,
      at,
      rank: index + 1,
      miner_id: standing.minerId,
      miner_uid: standing.minerUid,
      average: standing.average ?? null,
      weight: standing.weight,
    })),
  );
  const overall = combined.map((reward, index) => ({
    leaderboard: ALL_LABELS,
    at,
    rank: index + 1,
    miner_id: reward.minerId,
    miner_uid: reward.minerUid,
    average: null,
    weight: reward.weight,
  }));
  return [...perLabel, ...overall];
}

/** A line of `foretile-writer ingest --json`. */
export type IngestLine =
  | {
      readonly event: "published";
      readonly id: string;
      readonly key: string;
      readonly version: number;
      readonly version_hash: string;
      readonly answers: { readonly valid: number; readonly invalid: number };
    }
  | {
      readonly event: "rejected";
      /** From 1. */
      readonly line: number;
      readonly code: string;
      readonly message: string;
    };

/** A line of `foretile-scorer score --json --leaderboard`. */
export type ScorerLine = ScoreLine | LeaderboardLine;

export interface ScoreLine {
  readonly request: string;
  readonly miner_id: number;
  readonly status: "scored" | "invalid" | "missing";
  readonly reason: string | null;
  readonly crps: number | null;
  readonly prompt_score: number | null;
  readonly leaderboard?: undefined;
}

export interface LeaderboardLine {
  readonly leaderboard: string;
  readonly rank: number;
  readonly miner_id: number;
  readonly miner_uid: number;
  readonly average: number | null;
  readonly weight: number;
}

/** The last line of `foretile stats --json`. */
export interface StatsTotal {
  readonly type: "group" | "total";
  readonly tiles: number;
  readonly invalid: number;
  readonly raw_bytes: number;
  readonly stored_bytes: number;
}

/** The last line of `foretile verify --json`. */
export interface VerifySummary {
  readonly type: "damaged" | "summary";
  readonly symbols: number;
  readonly segments: number;
  readonly bytes: number;
  readonly damaged: number;
}

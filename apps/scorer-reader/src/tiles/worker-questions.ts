import type { ScoreRange } from "./score-share.ts";
import type { ScoringJob } from "./tile-scorer.ts";

/** What a scoring thread is started with. */
export interface ScoreWorkerStart {
  readonly storeUrl: string;
}

/** To a scoring thread: a job to take part in, or a call to close the store until there is another. */
export type ScoreQuestion =
  | {
      readonly type: "score";
      readonly job: ScoringJob;
      readonly parts: readonly ScoreRange[];
      /** Of `SharedRanges`. */
      readonly ranges: SharedArrayBuffer;
      /** Of `SharedScores`. */
      readonly scores: SharedArrayBuffer;
    }
  | { readonly type: "release" };

/**
 * A scoring thread: opens the store by itself, takes tiles of a request and writes their scores to shared memory. No tile
 * crosses threads.
 *
 * @module
 */
import { serveWork, SharedRanges } from "@foretile/worker-pool/worker";

import { LocalTileScorer } from "./local-tile-scorer.ts";
import { type Damage, scoreShare } from "./score-share.ts";
import { SharedScores } from "./shared-scores.ts";
import type { ScoreQuestion, ScoreWorkerStart } from "./worker-questions.ts";

serveWork<ScoreWorkerStart, ScoreQuestion, readonly Damage[]>(async ({ storeUrl }) => {
  const scorer = new LocalTileScorer(storeUrl);
  return {
    answer: async (question, signal) => {
      if (question.type === "release") {
        await scorer.release();
        return { answer: [] };
      }
      const { job, parts } = question;
      const ranges = new SharedRanges(question.ranges);
      const scores = new SharedScores(job, question.scores);
      return { answer: await scoreShare(scorer, { job, parts, ranges, scores }, { signal }) };
    },
    [Symbol.asyncDispose]: () => scorer.release(),
  };
});

import type {
  InvalidAnswerEntry,
  MinerScore,
  PublishedRequest,
  ScoreSet,
  ValidAnswerEntry,
} from "@foretile/prediction-store";
import { promptScores } from "@foretile/scoring";

import type { TileOutcome } from "../tiles/tile-scorer.ts";

/** The reason of a tile that can no longer be read: the store's loss, which must not cost its miner anything. */
export const DAMAGED = "damaged";

/** What scoring must know of an answer beside its tile. */
type JudgedAnswer =
  | Pick<ValidAnswerEntry, "minerId" | "minerUid" | "status">
  | Pick<InvalidAnswerEntry, "minerId" | "minerUid" | "status" | "reason">;

/** What a score set says about its making. */
export interface ScoreSetFacts {
  readonly scoredBy: string;
  readonly pricesHash: string;
  readonly missingPriceCount: number;
}

/** The scores of a published request. */
export function makeScoreSet(
  published: Pick<PublishedRequest, "key" | "version" | "versionHash" | "answers">,
  outcomes: readonly TileOutcome[],
  facts: ScoreSetFacts,
): ScoreSet {
  return {
    requestKey: published.key,
    requestVersion: published.version,
    requestVersionHash: published.versionHash,
    ...facts,
    ...judgeMiners(published.answers, outcomes),
  };
}

/**
 * Judges the miners of a request: who answered and was scored, who did not answer, whose answer was invalid or
 * has no finite score, and the prompt scores among them all. Miners whose tile is damaged get no prompt score and do not
 * count for those of others.
 *
 * @param outcomes one for each valid answer
 */
export function judgeMiners(
  answers: readonly JudgedAnswer[],
  outcomes: readonly TileOutcome[],
): Pick<ScoreSet, "percentile90" | "bestCrps" | "miners"> {
  const byMiner = new Map(outcomes.map((outcome) => [outcome.minerId, outcome]));
  const miners = answers.map((answer) => minerScore(answer, byMiner.get(answer.minerId)));
  const judged = miners.filter((miner) => miner.reason !== DAMAGED);
  const prompt = promptScores(judged.map((miner) => miner.crps));
  const scoreByMiner = new Map(
    prompt.status === "scored"
      ? judged.map((miner, index) => [miner.minerId, prompt.scores[index]])
      : [],
  );
  return {
    ...(prompt.status === "scored" && {
      percentile90: prompt.percentile90,
      bestCrps: prompt.lowest,
    }),
    miners: miners.map((miner) => ({ ...miner, promptScore: scoreByMiner.get(miner.minerId) })),
  };
}

function minerScore(answer: JudgedAnswer, outcome: TileOutcome | undefined): MinerScore {
  const { minerId, minerUid } = answer;
  const miner = { minerId, minerUid, intervals: {} };
  if (answer.status === "invalid") {
    // A miner that did not answer broke no rule.
    const status = answer.reason === "no_process_time" ? "missing" : "invalid";
    return { ...miner, status, reason: answer.reason };
  }
  if (outcome?.status === "scored") {
    return { ...miner, status: "scored", crps: outcome.crps, intervals: outcome.intervals };
  }
  if (outcome?.status === "invalid") return { ...miner, status: "invalid", reason: outcome.reason };
  return { ...miner, status: "missing", reason: DAMAGED };
}

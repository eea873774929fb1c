import { readFile } from "node:fs/promises";

import { createPredictions, type OpenedPredictions } from "@foretile/app-kit";
import { requestKey, SYNTH_LOW, type LabelConfig, type ScoreSet } from "@foretile/prediction-store";
import { openRequestTraces, SCORE_TRACES } from "@foretile/prediction-store/traces";
import { createSeededRandom } from "@foretile/testkit";
import { openTraceStore } from "@foretile/trace-store";
import { describe, expect, test, vi } from "vitest";

import { computeLeaderboard, type Leaderboard } from "../src/leaderboard/leaderboard.ts";
import { openScoreTraces } from "../src/traces/open-score-traces.ts";
import { START, TINY } from "./support/scored-store.ts";

const OTHER: LabelConfig = { ...TINY, label: "other", emissionShare: 0.25, softmaxBeta: -1 };

interface ScoredMiner {
  readonly id: number;
  readonly uid?: number;
  readonly score: number | undefined;
}

/** Scores of the request of `tiny` that ends at a time. */
function scoresAt(
  endUnixSeconds: number,
  miners: readonly ScoredMiner[],
  facts: { label?: string; asset?: string; p90?: number | undefined; best?: number } = {},
): ScoreSet {
  const { label = "tiny", asset = "BTC", best = 1 } = facts;
  const startUnixSeconds = endUnixSeconds - TINY.timeLengthSeconds;
  return {
    requestKey: requestKey({ label, asset, startUnixSeconds }),
    requestVersion: 1,
    requestVersionHash: "0".repeat(64),
    scoredBy: "test",
    pricesHash: "0".repeat(64),
    missingPriceCount: 0,
    percentile90: "p90" in facts ? facts.p90 : 30,
    bestCrps: best,
    miners: miners.map(({ id, uid = id + 100, score }) => ({
      minerId: id,
      minerUid: uid,
      status: score === undefined ? "missing" : "scored",
      ...(score === undefined ? { reason: "damaged" } : { crps: best + score }),
      intervals: score === undefined ? {} : { "1min": best + score },
      promptScore: score,
    })),
  };
}

let stores = 0;

function openEmpty(labels: readonly LabelConfig[]): Promise<OpenedPredictions> {
  stores += 1;
  return createPredictions(`memory:leaderboard-traces-${stores}`, { labels });
}

async function trace(opened: OpenedPredictions): Promise<void> {
  const traces = await openRequestTraces(opened);
  for await (const { requests } of traces.rebuild()) expect(requests).toBeGreaterThan(0);
}

function unexpected(error: Error): void {
  throw error;
}

/** The leaderboard, with traces or without, and how many score records were read for it. */
async function leaderboardOf(
  { library, predictions }: OpenedPredictions,
  options: { readonly withTraces: boolean; readonly atUnixSeconds: number },
): Promise<{ readonly board: Leaderboard | undefined; readonly recordsRead: number }> {
  const read = vi.spyOn(predictions, "readScores");
  const traces = options.withTraces ? await openScoreTraces(library, {}) : undefined;
  const board = await computeLeaderboard(predictions, {
    traces,
    atUnixSeconds: options.atUnixSeconds,
    onDamaged: unexpected,
    onDamagedTraces: unexpected,
  });
  const recordsRead = read.mock.calls.length;
  read.mockRestore();
  return { board, recordsRead };
}

interface Vector {
  readonly id: string;
  readonly rows: readonly {
    readonly miner_id: number;
    readonly prompt_score: number;
    readonly t: number;
    readonly asset: string;
    readonly percentile90: number;
    readonly lowest: number;
  }[];
  readonly scored_t: number;
  readonly beta: number;
  readonly smoothed_score_coefficient: number;
  readonly uid_by_miner_id: Readonly<Record<string, number | null>>;
  readonly expected_rewards: readonly {
    readonly miner_id: number;
    readonly miner_uid: number;
    readonly smoothed_score: number;
    readonly reward_weight: number;
  }[];
}

const vectors = JSON.parse(
  await readFile(
    new URL("../../../packages/scoring/test/fixtures/rewards.json", import.meta.url),
    "utf8",
  ),
) as { readonly smoothed_scores: readonly Vector[] };

describe("moving averages from traces", () => {
  test.each(vectors.smoothed_scores)("are those of the vector $id", async (vector) => {
    const tiny = {
      ...TINY,
      softmaxBeta: vector.beta,
      emissionShare: vector.smoothed_score_coefficient,
      assetCoefficients: SYNTH_LOW.assetCoefficients,
    };
    await using opened = await openEmpty([tiny, OTHER]);
    const uidOf = (id: number): number => vector.uid_by_miner_id[id] ?? 200 + id;
    const requests = Map.groupBy(vector.rows, ({ t, asset }) => `${t} ${asset}`);
    for (const rows of requests.values()) {
      const [{ t, asset, percentile90: p90, lowest: best }] = rows as [Vector["rows"][number]];
      const miners = rows.map(({ miner_id: id, prompt_score: score }) => ({
        id,
        uid: uidOf(id),
        score,
      }));
      await opened.predictions.writeScores(scoresAt(START + t, miners, { asset, p90, best }));
    }
    // Somebody else has the slots of those who have none any more.
    const gone = Object.entries(vector.uid_by_miner_id).filter(([, uid]) => uid === null);
    for (const [id] of gone) {
      const later = [{ id: 99, uid: uidOf(Number(id)), score: 1 }];
      const end = START + vector.scored_t;
      await opened.predictions.writeScores(scoresAt(end, later, { label: "other" }));
    }
    await trace(opened);

    const options = { withTraces: true, atUnixSeconds: START + vector.scored_t };
    const { board, recordsRead } = await leaderboardOf(opened, options);
    expect(recordsRead).toBe(0);
    const standings = (board?.labels[0]?.standings ?? []).toSorted((a, b) => a.minerId - b.minerId);
    expect(standings.map(({ minerId, minerUid }) => [minerId, minerUid])).toEqual(
      vector.expected_rewards.map((reward) => [reward.miner_id, reward.miner_uid]),
    );
    for (const [index, { smoothed_score, reward_weight }] of vector.expected_rewards.entries()) {
      const { average = Number.NaN, weight } = standings[index] ?? { weight: Number.NaN };
      expect(Math.abs(average - smoothed_score)).toBeLessThanOrEqual(1e-12 * smoothed_score);
      expect(Math.abs(weight - reward_weight)).toBeLessThanOrEqual(1e-12 * reward_weight);
    }
  });

  test("are bit for bit those of the records, whatever part of these is traced", async () => {
    await using opened = await openEmpty([{ ...TINY, windowDays: 3 }, OTHER]);
    const { library, predictions } = opened;
    const random = createSeededRandom(11);
    const draw = (below: number): number => random.nextUint32() % below;
    const sets = Array.from({ length: 36 }, (_, index) => {
      const ids = Array.from({ length: 9 }, (_id, id) => id * 7).filter(() => draw(4) > 0);
      const miners = ids.map((id) => ({
        id,
        uid: draw(20),
        score: draw(5) === 0 ? undefined : draw(1e9) / 1e7,
      }));
      return scoresAt(START + index * 3540 + (index % 3) * 20, miners, {
        label: index % 4 === 0 ? "other" : "tiny",
        asset: ["BTC", "ETH", "XAU"][draw(3)] ?? "BTC",
        p90: draw(8) === 0 ? undefined : 90 + draw(1e6) / 1e5,
      });
    });
    const atUnixSeconds = START + 35 * 3540;
    for (const scores of sets.slice(0, 24)) await predictions.writeScores(scores);
    await trace(opened);
    // Some are not traced, some are traced as they were before, of some a part was deleted.
    for (const scores of sets.slice(24)) await predictions.writeScores(scores);
    for (const scores of sets.slice(18, 24)) {
      await predictions.writeScores({ ...scores, miners: scores.miners.slice(1) });
    }
    const store = await openTraceStore({ library, set: SCORE_TRACES });
    const [from, to] = [0, Math.floor((START + 10 * 3540) / 60)];
    await store.deleteTraces({ miner: "14", field: "prompt_score" }, { from, to });
    await store.deleteTraces({ miner: "35" }, { from, to: to + 240 });

    const fromRecords = await leaderboardOf(opened, { withTraces: false, atUnixSeconds });
    const fromBoth = await leaderboardOf(opened, { withTraces: true, atUnixSeconds });
    expect(fromBoth.board).toStrictEqual(fromRecords.board);
    expect(fromBoth.board?.labels[0]?.standings.length).toBeGreaterThan(3);
    expect(fromBoth.recordsRead).toBeGreaterThan(0);
    expect(fromBoth.recordsRead).toBeLessThan(fromRecords.recordsRead);

    await trace(opened);
    const traces = await openRequestTraces(opened);
    for await (const { points } of traces.rebuild({}, { full: true })) {
      expect(points).toBeGreaterThanOrEqual(0);
    }
    const fromTraces = await leaderboardOf(opened, { withTraces: true, atUnixSeconds });
    expect(fromTraces.board).toStrictEqual(fromRecords.board);
    expect(fromTraces.recordsRead).toBe(0);
  });
});

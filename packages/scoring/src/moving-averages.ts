import { ScoringError } from "./scoring-error.ts";

/** The prompt score of one miner at one request. */
export interface ScoreRow {
  readonly minerId: number;
  /** End of the request's horizon, seconds since 1970: the time of the event, not of the computation. */
  readonly scoredAtUnixSeconds: number;
  readonly asset: string;
  /** Absent when there is a row but no score. */
  readonly promptScore: number | undefined;
  /** The request's cap and best total; a request without them is not back-filled. */
  readonly percentile90: number | undefined;
  readonly lowest: number | undefined;
}

export interface MovingAverageOptions {
  /** Rows after this time do not count. */
  readonly nowUnixSeconds: number;
  /** Rows at or before `nowUnixSeconds - windowSeconds` do not count. Default: no such end. */
  readonly windowSeconds?: number;
  /** Weight by asset; 1 for an asset that is not in it. */
  readonly assetCoefficients: Readonly<Record<string, number>>;
  /**
   * What a new miner is charged for. `request`: every request before its first, each at its own worst score.
   * `time`: every point in time, at the worst score of the first row of that time. That is upstream's rule; it is the
   * same as long as no two requests end at the same second, and charges only one of them otherwise.
   */
  readonly backfillPer: "request" | "time";
}

export interface MovingAverage {
  readonly minerId: number;
  /** `undefined` for a miner without any score up to now. */
  readonly average: number | undefined;
}

/**
 * Weighted averages of prompt scores per miner: the sum of score × coefficient over the sum of coefficients.
 *
 * A miner whose first row is later than the earliest of all is back-filled: for what it did not take part in before its
 * first row it gets the worst possible score, `percentile90 - lowest`. Later absences cost nothing.
 *
 * @param rows one label's rows, in any order; `backfillPer: "time"` takes the first of a time in the order given
 * @returns one entry per miner, by ascending id
 * @throws {ScoringError} `invalid-argument` for a score that is not finite or a coefficient that is not positive
 */
export function movingAverages(
  rows: readonly ScoreRow[],
  options: MovingAverageOptions,
): MovingAverage[] {
  const { nowUnixSeconds, windowSeconds = Infinity } = options;
  const inWindow = rows.filter((row) => row.scoredAtUnixSeconds > nowUnixSeconds - windowSeconds);
  const penalties = collectPenalties(inWindow, options.backfillPer);
  const averages = Array.from(
    Map.groupBy(inWindow, (row) => row.minerId),
    ([minerId, own]) => {
      const firstUnixSeconds = own.reduce(
        (first, row) => Math.min(first, row.scoredAtUnixSeconds),
        Infinity,
      );
      const missed = penalties.filter((row) => row.scoredAtUnixSeconds < firstUnixSeconds);
      const counted = [...missed, ...own].filter(
        (row) => row.scoredAtUnixSeconds <= nowUnixSeconds,
      );
      return { minerId, average: weightedMean(counted, options.assetCoefficients) };
    },
  );
  return averages.sort((a, b) => a.minerId - b.minerId);
}

type Penalty = Pick<ScoreRow, "scoredAtUnixSeconds" | "asset" | "promptScore">;

function collectPenalties(rows: readonly ScoreRow[], per: "request" | "time"): Penalty[] {
  const groups = Map.groupBy(rows, ({ scoredAtUnixSeconds, asset }) =>
    per === "time" ? `${scoredAtUnixSeconds}` : `${scoredAtUnixSeconds} ${asset}`,
  );
  return Array.from(groups.values()).flatMap(([first]) => {
    if (first?.percentile90 === undefined || first.lowest === undefined) return [];
    const { scoredAtUnixSeconds, asset, percentile90, lowest } = first;
    return [{ scoredAtUnixSeconds, asset, promptScore: percentile90 - lowest }];
  });
}

function weightedMean(
  rows: readonly Penalty[],
  coefficients: Readonly<Record<string, number>>,
): number | undefined {
  let weighted = 0;
  let weights = 0;
  for (const { promptScore, asset } of rows) {
    if (promptScore === undefined) continue;
    const coefficient = Object.hasOwn(coefficients, asset) ? (coefficients[asset] ?? 1) : 1;
    if (!Number.isFinite(promptScore) || !(coefficient > 0) || coefficient === Infinity) {
      throw new ScoringError(
        "invalid-argument",
        `score must be finite and its coefficient positive asset=${JSON.stringify(asset)} promptScore=${promptScore} coefficient=${coefficient}`,
      );
    }
    weighted += promptScore * coefficient;
    weights += coefficient;
  }
  return weights === 0 ? undefined : weighted / weights;
}

import type { MinerScore, PredictionStore, ScoreSet } from "@foretile/prediction-store";
import {
  readTracedScores,
  type TracedScores,
  type TracedWindow,
} from "@foretile/prediction-store/traces";
import type { TraceStore } from "@foretile/trace-store";

/** The trace set of scores. */
export type ScoreTraces = TraceStore<"float64">;

/** What a leaderboard needs to know of a request's scores. */
export interface WindowScores extends Pick<ScoreSet, "requestKey" | "percentile90" | "bestCrps"> {
  /** Ordered by miner id. */
  readonly miners: readonly Pick<MinerScore, "minerId" | "minerUid" | "promptScore">[];
}

export interface WindowScoresOptions {
  readonly traces?: ScoreTraces | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of each damaged score record; it is left out. */
  readonly onDamaged: (error: Error) => void;
  /** Told of each day of traces that is damaged; its scores are read from their records. */
  readonly onDamagedTraces?: ((error: Error) => void) | undefined;
}

/**
 * The newest scores of a label's requests that start in a range, in order of asset and time: from the traces where these
 * have the version that is the newest, else from the score records. So the records decide, whether they were traced or
 * not, and where they were only the list of them is read.
 */
export async function* windowScores(
  predictions: PredictionStore,
  window: TracedWindow,
  { traces, signal, onDamaged, onDamagedTraces }: WindowScoresOptions,
): AsyncGenerator<WindowScores, void, undefined> {
  const traced: ReadonlyMap<string, TracedScores> =
    traces === undefined
      ? new Map()
      : await readTracedScores(traces, window, { signal, onDamaged: onDamagedTraces });
  for await (const batch of predictions.listScored(window, { signal, onDamaged })) {
    for (const { key, scoresVersion } of batch) {
      const found = traced.get(key);
      const scores =
        found?.scoresVersion === scoresVersion
          ? found
          : await predictions.readScores(key, { signal });
      if (scores !== undefined) yield scores;
    }
  }
}

/**
 * Scores, and digests of what miners sent, as series in trace sets of the same library.
 *
 * ```ts
 * import { openRequestTraces, SCORE_TRACES } from "@foretile/prediction-store/traces";
 * import { openTraceStore } from "@foretile/trace-store";
 *
 * const traces = await openRequestTraces({ library, predictions });
 * await predictions.writeScores(scores);
 * await traces.update(scores.requestKey);
 *
 * const store = await openTraceStore({ library, set: SCORE_TRACES });
 * for await (const { ids, values } of store.query({ asset: "BTC", field: "crps" })) show(ids, values);
 * ```
 *
 * @module
 */
export {
  openRequestTraces,
  type OpenRequestTracesOptions,
  type RebuildOptions,
  type RebuiltTraces,
  type RequestTraces,
} from "./request-traces.ts";
export { SCORE_FIELDS, type ScoreField } from "./score-points.ts";
export {
  DIGEST_TRACES,
  pointUnixSeconds,
  positionUnixSeconds,
  SCORE_TRACES,
  TRACE_TILE_SIZE,
  tracePosition,
} from "./trace-sets.ts";
export {
  readTracedScores,
  type ReadTracedScoresOptions,
  type TracedScores,
  type TracedWindow,
} from "./traced-scores.ts";

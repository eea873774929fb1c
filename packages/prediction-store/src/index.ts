/**
 * Publish the answers of a request all at once, read them back for scoring.
 *
 * ```ts
 * import { openPredictionStore, SYNTH_HIGH, SYNTH_LOW } from "@foretile/prediction-store";
 * import { openMemoryStore } from "@foretile/storage/memory";
 * import { createLibrary } from "@foretile/version-store";
 *
 * await using store = openMemoryStore();
 * const predictions = await openPredictionStore({ library: await createLibrary({ store }) });
 * await predictions.setLabels([SYNTH_LOW, SYNTH_HIGH]);
 * const { key, version } = await predictions.publish(request, answers);
 * const published = await predictions.read(key, { asOf: version });
 * for await (const { answer, values } of published.tiles()) score(answer.minerId, values);
 * ```
 *
 * @module
 */
export type {
  Answer,
  AnswerOutcome,
  InvalidAnswer,
  RejectionReason,
  ValidAnswer,
} from "./answer/answer.ts";
export type { AnswerEnvelope, EnvelopeOutcome } from "./answer/answer-envelope.ts";
export { AnswerPacker, type PackedAnswer, type PackingSettings } from "./answer/answer-packer.ts";
export { AnswerRoom, ROOM_BYTES } from "./answer/answer-room.ts";
export { judgeAnswer } from "./answer/judge-answer.ts";
export { parsePredictionJson } from "./answer/parse-prediction-json.ts";
export { parsePredictionMsgpack } from "./answer/parse-prediction-msgpack.ts";
export { readAnswerJson } from "./answer/read-answer-json.ts";
export { readAnswerMsgpack } from "./answer/read-answer-msgpack.ts";
export { maxPredictionBytes } from "./answer/refused-unread.ts";
export { soleJsonMember, type SoleJsonMember } from "./answer/sole-json-member.ts";
export { checkRequestAgainstLabel } from "./label/check-request.ts";
export type { LabelConfig } from "./label/label-config.ts";
export { labelDocument, parseLabelConfig } from "./label/label-document.ts";
export { SYNTH_HIGH, SYNTH_LOW } from "./label/synth-labels.ts";
export {
  PredictionStoreError,
  isPredictionStoreError,
  type PredictionStoreErrorCode,
} from "./prediction-store-error.ts";
export type { TileFinding } from "./query/each-tile.ts";
export {
  crossingDirections,
  type CrossingDirection,
  type Crossings,
} from "./query/first-crossings.ts";
export type { Band } from "./query/level.ts";
export type { Moments } from "./query/moments.ts";
export type { BandPoints } from "./query/point-batch.ts";
export type { PooledTiles } from "./query/pooled-tiles.ts";
export { queryBandPaths, type BandPaths, type BandPathsQuery } from "./query/query-band-paths.ts";
export { queryBandPoints, type BandPointsQuery } from "./query/query-band-points.ts";
export { queryCrossings, type CrossingsQuery } from "./query/query-crossings.ts";
export {
  queryMoments,
  queryPooledMoments,
  type MomentsQuery,
  type PooledMoments,
  type StepMoments,
} from "./query/query-moments.ts";
export {
  queryPooledQuantiles,
  type PooledQuantiles,
  type PooledQuantilesQuery,
} from "./query/query-pooled-quantiles.ts";
export {
  queryQuantiles,
  type QuantilesQuery,
  type StepQuantiles,
} from "./query/query-quantiles.ts";
export { querySteps, type StepsQuery, type StepValues } from "./query/query-steps.ts";
export { relatedSteps, timeRelations, type TimeRelation } from "./query/request-plan.ts";
export {
  selectRequests,
  type RequestSelection,
  type SelectedRequest,
} from "./query/select-requests.ts";
export type { StepSelection } from "./query/step-selection.ts";
export { stepsInWindow, type TimeWindow } from "./query/time-window.ts";
export type { RecordResult } from "./record/record.ts";
export { stepCount, type ForecastRequest } from "./request/forecast-request.ts";
export { parseRequest, type AnnouncedRequest } from "./request/parse-request.ts";
export { parseRequestKey, requestKey, type RequestAddress } from "./request/request-key.ts";
export type { MinerScore, ScoreSet } from "./scores/score-set.ts";
export type { AnswerEntry, InvalidAnswerEntry, ValidAnswerEntry } from "./store/answer-entry.ts";
export type { Publication, PublishResult } from "./store/publication.ts";
export {
  openPredictionStore,
  type ListRequestsOptions,
  type PredictionStore,
  type PredictionStoreOptions,
  type ReadRequestOptions,
  type RequestSummary,
  type RestoredRequest,
  type ScoredRequest,
  type ScoreRecord,
} from "./store/prediction-store.ts";
export type { PublishedRequest } from "./store/published-request.ts";
export type { StepRange } from "./store/step-range.ts";
export type { TileRun } from "./store/stored-order.ts";
export type {
  ReadTileOptions,
  ReadSliceOptions,
  ReadTilesOptions,
  SelectTilesOptions,
  TilePanel,
  TilePanels,
  TileResult,
} from "./store/tile-result.ts";
export type { PackedSegment, PackedTile } from "./tile/packed-tile.ts";
export { SEGMENT_CELLS } from "./store/segment-cells.ts";
export type { RequestFilter } from "./store/request-symbol.ts";
export type { ListedRequestVersion, RequestVersion } from "./store/request-version.ts";
export {
  importUpstreamRequest,
  UNKNOWN_MINER_UID,
  type ImportedUpstreamRequest,
  type ImportUpstreamOptions,
} from "./upstream/import-upstream-request.ts";
export {
  listUpstreamRequests,
  type ListUpstreamOptions,
  type UpstreamRequest,
} from "./upstream/list-upstream-requests.ts";
export {
  readUpstreamTiles,
  type ReadUpstreamOptions,
  type UpstreamTile,
} from "./upstream/read-upstream-tiles.ts";
export { requestOfRows } from "./upstream/request-of-rows.ts";
export { createSegmentVerifiers } from "./verify/segment-verifiers.ts";
export type { DamagedEvent, VerifyEvent } from "./verify/verify-event.ts";

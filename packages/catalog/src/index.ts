/**
 * What is known about requests, miners, predictions, scores and rewards: in a table of a store, or in Postgres.
 *
 * ```ts
 * import { createRowCatalog } from "@foretile/catalog";
 * import { systemClock, systemIds } from "@foretile/resilience/system";
 * import { openMemoryStore } from "@foretile/storage/memory";
 *
 * await using store = openMemoryStore();
 * const rows = store.table("catalog");
 * await using catalog = await createRowCatalog({ rows, clock: systemClock, ids: systemIds });
 * const [miner] = await catalog.registerMiners([{ uid: 12, coldkey: "5Cold…", hotkey: "5Hot…" }]);
 * ```
 *
 * @module
 */
export type {
  Catalog,
  Deletion,
  DeletionClaim,
  DroppedScores,
  ListOptions,
  RequestFilter,
  Restoration,
  RewardFilter,
  ScorableQuery,
  ScoreFilter,
} from "./catalog.ts";
export { CatalogError, isCatalogError, type CatalogErrorCode } from "./catalog-error.ts";
export { latestScores } from "./latest-scores.ts";
export type { DeletedRequest, RequestStatus } from "./records/deletion.ts";
export type { Miner, MinerIdentity } from "./records/miner.ts";
export {
  VALID_FORMAT,
  type NewPrediction,
  type Prediction,
  type RequestSave,
  type SavedRequest,
  type Tombstone,
} from "./records/prediction.ts";
export type { CatalogRequest, RequestAddress, RequestFacts, RequestId } from "./records/request.ts";
export type { NewReward, NewRewards, RewardSet } from "./records/reward.ts";
export type { MinerStatus, NewScore, NewScores, RequestScores, Score } from "./records/score.ts";
export {
  cleanUp,
  planCleanUp,
  type CleanUpOptions,
  type CleanUpPlan,
  type CleanUpResult,
} from "./retention/clean-up.ts";
export {
  planTapering,
  type KeeperRule,
  type TaperingCandidate,
  type TaperingPolicy,
} from "./retention/plan-tapering.ts";
export { taper, taperingCandidates, type TaperOptions } from "./retention/taper.ts";
export { createRowCatalog, openRowCatalog, type RowCatalogOptions } from "./rows/row-catalog.ts";

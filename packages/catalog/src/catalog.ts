import type { CallOptions } from "@foretile/storage";
import type { DeletedRequest, RequestStatus } from "./records/deletion.ts";
import type { Miner, MinerIdentity } from "./records/miner.ts";
import type { Prediction, RequestSave, SavedRequest } from "./records/prediction.ts";
import type { CatalogRequest, RequestAddress, RequestId } from "./records/request.ts";
import type { NewRewards, RewardSet } from "./records/reward.ts";
import type { MinerStatus, NewScores, RequestScores } from "./records/score.ts";

export interface ListOptions extends CallOptions {
  /** The most entries in one batch, 1 to 1 000. Default 100. */
  readonly batchSize?: number | undefined;
}

/** Requests of a label, in a half-open range of start times. */
export interface RequestFilter {
  readonly label: string;
  readonly asset?: string | undefined;
  /** Start times from this second on. */
  readonly fromUnixSeconds?: number | undefined;
  /** Start times before this second. */
  readonly toUnixSeconds?: number | undefined;
  /** Only requests with a score, or only those without. */
  readonly scored?: boolean | undefined;
  /** Only requests with a prediction that is not deleted, or only those without. */
  readonly alive?: boolean | undefined;
}

/** Which requests are due: those that `isScorable` of `@foretile/scoring` accepts, not scored, alive. */
export interface ScorableQuery {
  readonly label: string;
  /** The minute of the round, seconds since 1970: `nextMinute` of the wall clock when it began. */
  readonly scoredAtUnixSeconds: number;
  /** The label's window of moving averages: older requests are not scored any more. */
  readonly windowSeconds: number;
  /** Seconds after its horizon that a request is left alone, for prices to settle. Default 90. */
  readonly settleSeconds?: number | undefined;
  /**
   * Also requests in which some have a score and others that are alive have none: their tiles could not be read when
   * the request was scored, or they were saved later. Default `false`: one score is enough for a request not to be due.
   */
  readonly partly?: boolean | undefined;
}

/** Scores of a label, in a half-open range of the ends of their requests' horizons. */
export interface ScoreFilter {
  readonly label: string;
  readonly asset?: string | undefined;
  readonly fromUnixSeconds?: number | undefined;
  readonly toUnixSeconds?: number | undefined;
}

export interface RewardFilter {
  readonly label: string;
  readonly fromUnixSeconds?: number | undefined;
  readonly toUnixSeconds?: number | undefined;
}

export interface Deletion {
  /** For people and for programs beside us: `thinned`, `light mode`, … 1 to 100 characters. */
  readonly reason: string;
  /** Wall-clock milliseconds of the deletion. */
  readonly atMs: number;
}

export interface Restoration {
  /** Only predictions that were deleted at this time or later, wall-clock milliseconds. */
  readonly deletedSinceMs: number;
}

export interface DroppedScores {
  readonly label: string;
  /** Scores and prices of requests whose horizons ended before this second go. */
  readonly beforeUnixSeconds: number;
}

export interface DeletionClaim {
  readonly label: string;
  /** Only requests whose last prediction was deleted before this time, wall-clock milliseconds. */
  readonly deletedBeforeMs: number;
  /** When the claim is made. */
  readonly atMs: number;
}

/**
 * What is known about requests, miners, predictions, scores and rewards. Tiles are elsewhere; the catalog has their
 * keys.
 *
 * Times are whole numbers, UTC. Every call may be repeated after any failure and ends in the same state; calls may run
 * in parallel, from any number of processes. Arguments are only read during the call, results belong to the caller.
 * Failures always arrive as rejections, also of listings, whose batches are fetched one by one and are never empty.
 */
export interface Catalog extends AsyncDisposable {
  /**
   * Makes sure that these identities have ids, and that each is the current holder of its slot: the last one registered
   * for a slot holds it.
   *
   * @returns one per identity, in the order given
   * @throws {CatalogError} `invalid-argument`, also when one slot is given twice
   */
  registerMiners(
    miners: readonly MinerIdentity[],
    options?: CallOptions,
  ): Promise<readonly Miner[]>;

  /** The current holder of each slot, by uid. */
  currentMiners(options?: CallOptions): Promise<readonly Miner[]>;

  /**
   * Saves a request with predictions, all at once. Tiles must be stored before: whoever reads a key from the catalog
   * expects its bytes.
   *
   * A request is named by label, asset and start; saving it again adds the miners that were missing, and replaces the
   * row of a miner, a deleted one too, when `version` is higher than the one it was saved with. The order of saves,
   * and how often each is repeated, makes no difference.
   *
   * @throws {CatalogError} `invalid-request`, `request-mismatch`, `ambiguous-request`, `unknown-label`, `conflict`
   */
  saveRequest(save: RequestSave, options?: CallOptions): Promise<SavedRequest>;

  /** @throws {CatalogError} `ambiguous-request` when another program made several of that address */
  findRequest(address: RequestAddress, options?: CallOptions): Promise<CatalogRequest | undefined>;

  readRequest(requestId: RequestId, options?: CallOptions): Promise<CatalogRequest | undefined>;

  /** The wanted requests, the latest start first; equal starts by asset, then by order. */
  listRequests(
    filter: RequestFilter,
    options?: ListOptions,
  ): AsyncIterable<readonly CatalogRequest[]>;

  /** Requests that are due to be scored, in order of the ends of their horizons, the oldest first. */
  listScorable(
    query: ScorableQuery,
    options?: ListOptions,
  ): AsyncIterable<readonly CatalogRequest[]>;

  /**
   * All predictions of a request, deleted ones too, by miner id.
   *
   * @throws {CatalogError} `no-such-request`
   */
  readPredictions(requestId: RequestId, options?: CallOptions): Promise<readonly Prediction[]>;

  /**
   * Stores scores, each miner's own; those of miners that have one are replaced. A row that is refused (`invalid-score`,
   * `no-such-prediction`) leaves the others alone.
   *
   * @returns one status per score, in the order given
   * @throws {CatalogError} `no-such-request`, `invalid-argument`
   */
  writeScores(scores: NewScores, options?: CallOptions): Promise<readonly MinerStatus[]>;

  /** The scores of a request, `undefined` when it has none. */
  readScores(requestId: RequestId, options?: CallOptions): Promise<RequestScores | undefined>;

  /** The prices that scores were computed from, NaN where there was none; `undefined` when none are stored. */
  readRealizedPrices(
    requestId: RequestId,
    options?: CallOptions,
  ): Promise<Float64Array<ArrayBuffer> | undefined>;

  /** Scores by request, those of the latest horizon first; equal ends by asset. */
  listScores(filter: ScoreFilter, options?: ListOptions): AsyncIterable<readonly RequestScores[]>;

  /**
   * Adds rewards to the set of a label and time. A miner's reward is written once: one that is there stays as it is.
   *
   * @returns one status per reward, in the order given: `invalid-score` for one that is not finite or negative,
   *   `unknown-miner`
   * @throws {CatalogError} `invalid-argument`
   */
  writeRewards(rewards: NewRewards, options?: CallOptions): Promise<readonly MinerStatus[]>;

  /** Sets of rewards, the newest first. */
  listRewards(filter: RewardFilter, options?: ListOptions): AsyncIterable<readonly RewardSet[]>;

  /**
   * Marks every prediction of these requests that is alive as deleted: readers do not see it any more, its bytes stay.
   *
   * @returns one status per request, in the order given: `no-such-request`, `conflict`
   */
  softDelete(
    requestIds: readonly RequestId[],
    deletion: Deletion,
    options?: CallOptions,
  ): Promise<readonly RequestStatus[]>;

  /**
   * Takes deletions back, as long as the bytes were not handed over.
   *
   * @returns one status per request, in the order given: `no-such-request`, `not-restorable` (nothing of the request
   *   was restored), `conflict`
   */
  restore(
    requestIds: readonly RequestId[],
    restoration: Restoration,
    options?: CallOptions,
  ): Promise<readonly RequestStatus[]>;

  /**
   * Deletes old scores and realized prices for good. A request without scores counts as never scored.
   *
   * @returns how many scores went, and of how many requests the prices
   */
  dropScores(
    drop: DroppedScores,
    options?: CallOptions,
  ): Promise<{ readonly scores: number; readonly prices: number }>;

  /**
   * Hands over requests of which nothing is alive, so that their bytes can be deleted. From then on they cannot be
   * restored. What was handed over and not confirmed is handed over again.
   */
  claimDeletions(
    claim: DeletionClaim,
    options?: ListOptions,
  ): AsyncIterable<readonly DeletedRequest[]>;

  /**
   * Says that the bytes of a claimed request are gone: it is not handed over again.
   *
   * @returns one status per request, in the order given: `no-such-request`, `invalid-argument` when it was not claimed
   *   through that version
   */
  confirmDeletions(
    deleted: readonly Pick<DeletedRequest, "requestId" | "throughVersion">[],
    options?: CallOptions,
  ): Promise<readonly RequestStatus[]>;

  /** Waits for calls under way, then refuses others with `closed`. What was passed in to open it stays open. */
  close(): Promise<void>;
}

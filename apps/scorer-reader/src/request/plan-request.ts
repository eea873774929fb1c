import {
  checkRequestAgainstLabel,
  type LabelConfig,
  type PredictionStore,
  type PublishedRequest,
  type ScoreSet,
  type TileRun,
} from "@foretile/prediction-store";

import type { PriceSeries } from "../prices/price-series.ts";
import { requestPrices } from "../prices/request-prices.ts";
import type { ScoringJob } from "../tiles/tile-scorer.ts";
import type { RequestOutcome } from "./request-outcome.ts";
import { DAMAGED, type ScoreSetFacts } from "./score-set.ts";

/** All there is to know of a request before its tiles are scored. Stays valid when the store is closed. */
export interface RequestPlan {
  readonly status: "planned";
  readonly published: Pick<PublishedRequest, "key" | "version" | "versionHash" | "answers">;
  /** The valid tiles in the order in which they are read with the fewest requests. */
  readonly runs: readonly TileRun[];
  readonly job: ScoringJob;
  readonly facts: ScoreSetFacts;
  /** Stored scores that computing would only repeat, unless one of the tiles that were damaged can be read again. */
  readonly known: KnownScores | undefined;
}

/** Scores that were stored earlier, computed from the same version and prices by the same release. */
interface KnownScores {
  readonly scores: ScoreSet;
  readonly damagedMinerIds: ReadonlySet<number>;
}

export interface PlanRequestParts {
  readonly prices: PriceSeries;
  /** By name. */
  readonly labels: ReadonlyMap<string, LabelConfig>;
  /** Program and release, stored with the scores. */
  readonly scoredBy: string;
  /** Whether scores that are stored already are computed again. */
  readonly rescore: boolean;
}

export interface PlanRequestOptions {
  /** Default: the newest. */
  readonly version?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds out how to score a request, or what becomes of it without that.
 *
 * @throws {PredictionStoreError} `no-such-request`, `damaged`; other failures of the store; the signal's reason
 */
export async function planRequest(
  predictions: PredictionStore,
  key: string,
  { prices, labels, scoredBy, rescore }: PlanRequestParts,
  { version, signal }: PlanRequestOptions = {},
): Promise<RequestPlan | RequestOutcome> {
  const published = await predictions.read(key, { asOf: version, signal });
  const { request } = published;
  const label = labels.get(request.label);
  if (label === undefined) return left(key, `the store has no such label label=${request.label}`);
  const misfit = checkRequestAgainstLabel(request, label);
  if (misfit !== undefined) return left(key, misfit);
  const realized = requestPrices(prices, request, label.intervals);
  if (realized.status === "not-covered") return left(key, realized.reason);

  const facts: ScoreSetFacts = {
    scoredBy,
    pricesHash: realized.hash,
    missingPriceCount: realized.missingCount,
  };
  const known = rescore ? undefined : await knownScores(predictions, published, facts, signal);
  if (known?.damagedMinerIds.size === 0) {
    return {
      status: "scored",
      scores: known.scores,
      origin: "known",
      prices: realized.path,
      damagedTiles: [],
    };
  }
  const { intervals } = label;
  const job = { key, version: published.version, prices: realized.path, intervals };
  return { status: "planned", published, runs: published.storedRuns(), job, facts, known };
}

async function knownScores(
  predictions: PredictionStore,
  { key, versionHash }: PublishedRequest,
  facts: ScoreSetFacts,
  signal: AbortSignal | undefined,
): Promise<KnownScores | undefined> {
  const scores = await predictions.readScores(key, { signal });
  if (
    scores?.requestVersionHash !== versionHash ||
    scores.pricesHash !== facts.pricesHash ||
    scores.scoredBy !== facts.scoredBy
  ) {
    return undefined;
  }
  const damaged = scores.miners.filter((miner) => miner.reason === DAMAGED);
  return { scores, damagedMinerIds: new Set(damaged.map(({ minerId }) => minerId)) };
}

function left(key: string, reason: string): RequestOutcome {
  return { status: "left", key, reason };
}

import { describeError, EXIT, exitCodeOf } from "@foretile/app-kit";
import {
  checkRequestAgainstLabel,
  type LabelConfig,
  type PredictionStore,
  type PublishedRequest,
  type ScoreSet,
} from "@foretile/prediction-store";

import type { PriceSeries } from "../prices/price-series.ts";
import { requestPrices } from "../prices/request-prices.ts";
import type { TileScorer } from "../tiles/tile-scorer.ts";
import { DAMAGED, makeScoreSet, type ScoreSetFacts } from "./score-set.ts";

/** What became of a request. */
export type RequestOutcome =
  | {
      readonly status: "scored";
      readonly scores: ScoreSet;
      /** `known`: computed and stored earlier from the same version and prices, by the same release. */
      readonly origin: "computed" | "known";
      /** What is wrong with each damaged tile; empty for known scores. */
      readonly damagedTiles: readonly { readonly minerId: number; readonly message: string }[];
      /** Stored bytes of the tiles that were read. */
      readonly readBytes: number;
    }
  /** Nothing was scored or stored: it can be scored when the prices, or its label, are there. */
  | { readonly status: "left"; readonly key: string; readonly reason: string }
  /** The request cannot be read at all. */
  | { readonly status: "damaged"; readonly key: string; readonly message: string };

export interface RequestScorerParts {
  readonly tiles: TileScorer;
  readonly prices: PriceSeries;
  readonly labels: readonly LabelConfig[];
  /** Program and release, stored with the scores. */
  readonly scoredBy: string;
  /** Whether scores are stored. */
  readonly store: boolean;
  /** Whether scores that are stored already are computed again. */
  readonly rescore: boolean;
}

export interface ScoreRequestOptions {
  /** Default: the newest. Scores of an older version are never stored: they would hide those of the newest. */
  readonly version?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told how many more tiles are done. */
  readonly onScored?: ((count: number) => void) | undefined;
}

/** Scores requests of one asset, one after the other, and stores the scores. */
export class RequestScorer {
  readonly #parts: RequestScorerParts;
  readonly #labels: ReadonlyMap<string, LabelConfig>;

  constructor(parts: RequestScorerParts) {
    this.#parts = parts;
    this.#labels = new Map(parts.labels.map((config) => [config.label, config]));
  }

  /**
   * Scores one request. Damage is an outcome; so is whatever keeps the request for later.
   *
   * @throws {PredictionStoreError} `no-such-request`; other failures of the store; the signal's reason
   */
  async score(
    predictions: PredictionStore,
    key: string,
    options: ScoreRequestOptions = {},
  ): Promise<RequestOutcome> {
    try {
      const { version, signal } = options;
      const published = await predictions.read(key, { version, signal });
      return await this.#scoreVersion(predictions, published, options);
    } catch (error) {
      if (exitCodeOf(error) !== EXIT.damaged) throw error;
      return { status: "damaged", key, message: describeError(error).message };
    }
  }

  async #scoreVersion(
    predictions: PredictionStore,
    published: PublishedRequest,
    options: ScoreRequestOptions,
  ): Promise<RequestOutcome> {
    const { tiles, prices, scoredBy } = this.#parts;
    const { key, version, request } = published;
    const label = this.#labels.get(request.label);
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
    const known = this.#parts.rescore
      ? undefined
      : await knownScores(predictions, published, facts, options.signal);
    if (known !== undefined) {
      return { status: "scored", scores: known, origin: "known", damagedTiles: [], readBytes: 0 };
    }

    const valid = published.answers.filter((answer) => answer.status === "valid");
    const minerIds = valid.map((answer) => answer.minerId);
    const job = { key, version, prices: realized.path, intervals: label.intervals };
    const outcomes = await tiles.score(job, minerIds, options);
    const scores = makeScoreSet(published, outcomes, facts);
    if (this.#parts.store && (await isNewest(predictions, key, options))) {
      await predictions.writeScores(scores, { signal: options.signal });
    }
    return {
      status: "scored",
      scores,
      origin: "computed",
      damagedTiles: outcomes.filter((outcome) => outcome.status === "damaged"),
      readBytes: valid.reduce((sum, answer) => sum + answer.storedBytes, 0),
    };
  }
}

/** Stored scores that computing would only repeat. With a damaged tile they are not: it may have been repaired. */
async function knownScores(
  predictions: PredictionStore,
  { key, versionHash }: PublishedRequest,
  facts: ScoreSetFacts,
  signal: AbortSignal | undefined,
): Promise<ScoreSet | undefined> {
  const scores = await predictions.readScores(key, { signal });
  return scores !== undefined &&
    scores.requestVersionHash === versionHash &&
    scores.pricesHash === facts.pricesHash &&
    scores.scoredBy === facts.scoredBy &&
    scores.miners.every((miner) => miner.reason !== DAMAGED)
    ? scores
    : undefined;
}

async function isNewest(
  predictions: PredictionStore,
  key: string,
  { version, signal }: ScoreRequestOptions,
): Promise<boolean> {
  return version === undefined || (await predictions.read(key, { signal })).version === version;
}

function left(key: string, reason: string): RequestOutcome {
  return { status: "left", key, reason };
}

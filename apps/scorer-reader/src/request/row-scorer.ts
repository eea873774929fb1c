import { setImmediate } from "node:timers/promises";

import {
  type ForecastRequest,
  type LabelConfig,
  readUpstreamTiles,
  requestKey,
  stepCount,
  UNKNOWN_MINER_UID,
} from "@foretile/prediction-store";
import { ScoreWorkspace } from "@foretile/scoring";
import type { RowStore } from "@foretile/storage";

import type { PriceSeries } from "../prices/price-series.ts";
import { requestPrices } from "../prices/request-prices.ts";
import { scoreValues } from "../tiles/score-values.ts";
import type { TileOutcome } from "../tiles/tile-scorer.ts";
import type { RequestOutcome } from "./request-outcome.ts";
import type { ScoreRequestOptions } from "./request-scorer.ts";
import { judgeMiners } from "./score-set.ts";

export interface RowScorerParts {
  readonly table: RowStore;
  /** What the table stands for: rows tell no sizes. */
  readonly label: LabelConfig;
  readonly prices: PriceSeries;
  /** Program and release. */
  readonly scoredBy: string;
}

/**
 * Scores the rows that the validator wrote itself, where they are. They have no versions that scores could name, so that
 * scores are never stored.
 */
export class RowScorer {
  readonly #parts: RowScorerParts;
  readonly #workspace = new ScoreWorkspace();

  constructor(parts: RowScorerParts) {
    this.#parts = parts;
  }

  /**
   * Scores one request, reading each of its rows once, a few at a time. A row that is damaged is its miner's `damaged`
   * tile.
   *
   * @param request of the label
   * @returns `left` when prices do not cover it, or it has no rows
   * @throws failures of the store; the signal's reason
   */
  async score(
    request: ForecastRequest,
    { signal, onScored }: Omit<ScoreRequestOptions, "version"> = {},
  ): Promise<RequestOutcome> {
    const { table, label, prices, scoredBy } = this.#parts;
    const { intervals } = label;
    const key = requestKey(request);
    const realized = requestPrices(prices, request, intervals);
    if (realized.status === "not-covered") return { status: "left", key, reason: realized.reason };
    const { simulations, timeIncrementSeconds } = request;
    const shape = { simulations, steps: stepCount(request) };
    const outcomes: TileOutcome[] = [];
    for await (const { minerId, tile, error } of readUpstreamTiles(table, request, { signal })) {
      // Reading and scoring may never wait for anything; signals are heard between tiles all the same.
      await setImmediate();
      signal?.throwIfAborted();
      outcomes.push(
        tile === undefined
          ? { status: "damaged", minerId, message: error.message }
          : scoreValues(
              { minerId, values: tile, shape, timeIncrementSeconds },
              { prices: realized.path, intervals },
              this.#workspace,
            ),
      );
      onScored?.(1);
    }
    if (outcomes.length === 0) return { status: "left", key, reason: "the table has no row of it" };
    outcomes.sort((left, right) => left.minerId - right.minerId);
    const answers = outcomes.map(
      ({ minerId }) => ({ minerId, minerUid: UNKNOWN_MINER_UID, status: "valid" }) as const,
    );
    const scores = {
      requestKey: key,
      scoredBy,
      pricesHash: realized.hash,
      missingPriceCount: realized.missingCount,
      ...judgeMiners(answers, outcomes),
    };
    const damagedTiles = outcomes.filter((outcome) => outcome.status === "damaged");
    const { path } = realized;
    return { status: "scored", scores, origin: "computed", prices: path, damagedTiles };
  }
}

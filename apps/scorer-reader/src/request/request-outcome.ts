import type { ScoreSet } from "@foretile/prediction-store";

import type { CatalogScores } from "../catalog/write-catalog-scores.ts";

/** The scores of a request: of one of its versions, or of rows, which have none. */
export type RequestScores = Omit<ScoreSet, "requestVersion" | "requestVersionHash"> &
  Partial<Pick<ScoreSet, "requestVersion" | "requestVersionHash">>;

/** What is wrong with a miner's tile. */
export interface DamagedTile {
  readonly minerId: number;
  readonly message: string;
}

/** What became of a request. */
export type RequestOutcome =
  | {
      readonly status: "scored";
      readonly scores: RequestScores;
      /** `known`: computed and stored earlier from the same version and prices, by the same release. */
      readonly origin: "computed" | "known";
      /** Realized prices `[steps]`, NaN where missing. */
      readonly prices: Float64Array;
      /** What the catalog made of them; missing without one. */
      readonly catalogued?: CatalogScores | undefined;
      /** Why the scores, which are stored, are not in the traces; the next run adds them. */
      readonly traceError?: Error | undefined;
      /** By miner. Known scores have some when they were looked at again and nothing was repaired. */
      readonly damagedTiles: readonly DamagedTile[];
    }
  /** Nothing was scored or stored: it can be scored when the prices, or its label, are there. */
  | { readonly status: "left"; readonly key: string; readonly reason: string }
  /** The request cannot be read at all. */
  | { readonly status: "damaged"; readonly key: string; readonly message: string };

import type { CallOptions } from "@foretile/storage";
import type { PredictionStoreError } from "../prediction-store-error.ts";
import type { ValidAnswerEntry } from "./answer-entry.ts";

export interface ReadTileOptions extends CallOptions {
  /** Receives the values; at least `simulations × steps` elements. A fresh array when missing. */
  readonly out?: Float32Array | undefined;
}

export interface SelectTilesOptions extends CallOptions {
  /** Only these miners. Those without a valid answer are left out. */
  readonly minerIds?: readonly number[] | undefined;
  /**
   * By miner id, or as the store holds them: then neighbours come with one request, and a whole request costs the
   * fewest. Default `miner`.
   */
  readonly order?: "miner" | "stored" | undefined;
}

export interface ReadTilesOptions extends SelectTilesOptions {
  /** Receives one tile's values after the other's; at least `simulations × steps` elements. A fresh array when missing. */
  readonly out?: Float32Array | undefined;
}

export interface ReadSliceOptions extends SelectTilesOptions {
  /**
   * Receives one tile's steps after the other's, so that values are valid only until the next step of the iteration; at
   * least `(to − from) × simulations` elements. A fresh array for each tile when missing.
   */
  readonly out?: Float32Array | undefined;
}

/** A tile, or part of one, or how it is damaged. */
export type TileResult =
  | {
      readonly answer: ValidAnswerEntry;
      /** float32 `[steps, simulations]` row-major. */
      readonly values: Float32Array;
      readonly error?: undefined;
    }
  | {
      readonly answer: ValidAnswerEntry;
      readonly values?: undefined;
      readonly error: PredictionStoreError;
    };

/** Some consecutive steps of one tile, as they are stored together. */
export interface TilePanel {
  readonly firstStep: number;
  readonly steps: number;
  /** float32 `[steps, simulations]` row-major; a view that is valid until the next panel is asked for. */
  readonly values: Float32Array;
}

/** Panels of one tile, or how it is damaged. */
export type TilePanels =
  | {
      readonly answer: ValidAnswerEntry;
      /**
       * To be gone through once, before the next tile is asked for. A panel is checked and decoded when its turn comes;
       * what is left out costs nothing. Throws {@link PredictionStoreError} `damaged`.
       */
      readonly panels: Iterable<TilePanel>;
      readonly error?: undefined;
    }
  | {
      readonly answer: ValidAnswerEntry;
      readonly panels?: undefined;
      readonly error: PredictionStoreError;
    };

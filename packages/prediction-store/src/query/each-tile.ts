import { isPredictionStoreError, type PredictionStoreError } from "../prediction-store-error.ts";
import type { ValidAnswerEntry } from "../store/answer-entry.ts";
import type { PublishedRequest } from "../store/published-request.ts";
import type { StepRange } from "../store/step-range.ts";
import type { SelectTilesOptions, TilePanel } from "../store/tile-result.ts";

/** What a query found in one miner's tile, or how the tile is damaged. */
export type TileFinding<T> =
  | { readonly answer: ValidAnswerEntry; readonly found: T; readonly error?: undefined }
  | {
      readonly answer: ValidAnswerEntry;
      readonly found?: undefined;
      readonly error: PredictionStoreError;
    };

/**
 * Looks at some steps of each valid tile, panel by panel, one tile after the other. A damaged tile is a finding with its error and does
 * not end the query.
 *
 * @param runs ascending, each in a panel of its own
 * @param look may stop before the last panel: what it does not ask for is not decoded
 */
export async function* eachTile<T>(
  published: PublishedRequest,
  runs: readonly StepRange[],
  options: SelectTilesOptions,
  look: (panels: Iterable<TilePanel>) => T,
): AsyncGenerator<TileFinding<T>, void, undefined> {
  for await (const tile of published.panels(runs, options)) {
    const { answer, error } = tile;
    yield error === undefined ? finding(answer, tile.panels, look) : { answer, error };
  }
}

function finding<T>(
  answer: ValidAnswerEntry,
  panels: Iterable<TilePanel>,
  look: (panels: Iterable<TilePanel>) => T,
): TileFinding<T> {
  try {
    return { answer, found: look(panels) };
  } catch (failure) {
    // Only damage belongs to one tile.
    if (!isPredictionStoreError(failure, "damaged")) throw failure;
    return { answer, error: failure };
  }
}

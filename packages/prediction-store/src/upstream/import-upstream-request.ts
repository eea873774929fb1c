import type { CallOptions, RowStore } from "@foretile/storage";
import type { PredictionStoreError } from "../prediction-store-error.ts";
import type { ForecastRequest } from "../request/forecast-request.ts";
import type { PredictionStore } from "../store/prediction-store.ts";
import type { PublishResult } from "../store/publication.ts";
import { readUpstreamTiles } from "./read-upstream-tiles.ts";

/** The slot of a miner whose slot is not known: rows only tell the miner. The network has no such slot. */
export const UNKNOWN_MINER_UID = 65_535;

export interface ImportUpstreamOptions extends CallOptions {
  /** Slots by miner id. Default: none is known. */
  readonly minerUids?: ReadonlyMap<number, number> | undefined;
  /** Told of each row that is damaged. */
  readonly onDamaged?: ((minerId: number, error: PredictionStoreError) => void) | undefined;
}

/** What became of the rows of one request. */
export interface ImportedUpstreamRequest {
  /** `undefined` when no row was sound: nothing was published. */
  readonly published: PublishResult | undefined;
  readonly tiles: number;
  /** Rows that are not published: nobody knows what the miner answered. */
  readonly damaged: number;
}

/**
 * Publishes the rows of one request of upstream's. Repeated, it changes nothing. Rows that are damaged are left out.
 *
 * @throws {PredictionStoreError} `invalid-request`, `request-mismatch`
 * @throws {VersionStoreError} as `publish`
 */
export async function importUpstreamRequest(
  table: RowStore,
  predictions: PredictionStore,
  request: ForecastRequest,
  { minerUids, onDamaged, signal }: ImportUpstreamOptions = {},
): Promise<ImportedUpstreamRequest> {
  await using publication = await predictions.begin(request, { signal });
  let tiles = 0;
  let damaged = 0;
  for await (const { minerId, tile, error } of readUpstreamTiles(table, request, { signal })) {
    if (tile === undefined) {
      damaged += 1;
      onDamaged?.(minerId, error);
      continue;
    }
    tiles += 1;
    const minerUid = minerUids?.get(minerId) ?? UNKNOWN_MINER_UID;
    const outcome = { status: "valid", tile } as const;
    await publication.put(
      { minerUid, minerId, processTimeSeconds: undefined, outcome },
      { signal },
    );
  }
  const published = tiles === 0 ? undefined : await publication.publish({ signal });
  return { published, tiles, damaged };
}

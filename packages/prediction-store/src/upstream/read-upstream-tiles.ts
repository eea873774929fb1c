import { predictionKey, predictionRange } from "@foretile/keyspace";
import {
  toKey,
  type CallOptions,
  type Row,
  type RowSelection,
  type RowStore,
} from "@foretile/storage";
import { PredictionStoreError } from "../prediction-store-error.ts";
import { checkForecastRequest, type ForecastRequest } from "../request/forecast-request.ts";
import {
  addressOfRow,
  decodeUpstreamTile,
  UPSTREAM_FAMILY,
  UPSTREAM_QUALIFIER,
} from "./upstream-row.ts";

/** Rows take about a megabyte each. */
const ROWS_AT_ONCE = 8;

/** A miner's tile in a table of upstream's, or what is wrong with its row. */
export type UpstreamTile =
  | {
      readonly minerId: number;
      /** float32 `[steps, simulations]` row-major. Belongs to the caller. */
      readonly tile: Float32Array<ArrayBuffer>;
      readonly error?: undefined;
    }
  | {
      readonly minerId: number;
      readonly tile?: undefined;
      readonly error: PredictionStoreError;
    };

export interface ReadUpstreamOptions extends CallOptions {
  /** Only these miners; a row that is missing is told as damaged. Default: all rows there are. */
  readonly minerIds?: readonly number[] | undefined;
}

/**
 * Reads the rows of one request from a table of upstream's, in the order of their keys, a few at a time. A damaged row
 * is a result with its error and does not end the iteration.
 *
 * @param request tells asset, start and sizes
 * @throws {PredictionStoreError} `invalid-request`
 */
export async function* readUpstreamTiles(
  table: RowStore,
  request: ForecastRequest,
  { minerIds, signal }: ReadUpstreamOptions = {},
): AsyncGenerator<UpstreamTile, void, undefined> {
  checkForecastRequest(request);
  const missing = new Set(minerIds);
  const filter = { families: [UPSTREAM_FAMILY], cellsPerColumn: 1 };
  const options = { filter, batchSize: ROWS_AT_ONCE, signal };
  for await (const rows of table.readRows(selectionOf(request, minerIds), options)) {
    for (const row of rows) {
      const address = addressOfRow(row.key);
      // Keys of other forms in the range are not of this request.
      if (address === undefined) continue;
      missing.delete(address.minerId);
      yield tileOf(row, address.minerId, request);
    }
  }
  for (const minerId of missing) {
    const key = predictionKey({ ...request, minerId });
    yield { minerId, error: new PredictionStoreError("damaged", `row is missing key=${key}`) };
  }
}

function selectionOf(
  request: ForecastRequest,
  minerIds: readonly number[] | undefined,
): RowSelection {
  if (minerIds === undefined) return { ranges: [predictionRange(request)] };
  return { keys: minerIds.map((minerId) => toKey(predictionKey({ ...request, minerId }))) };
}

function tileOf({ key, cells }: Row, minerId: number, request: ForecastRequest): UpstreamTile {
  const cell = cells.find(({ qualifier }) => qualifier === UPSTREAM_QUALIFIER);
  if (cell === undefined) {
    const message = `row has no cell ${UPSTREAM_FAMILY}:${UPSTREAM_QUALIFIER} key=${key}`;
    return { minerId, error: new PredictionStoreError("damaged", message, { details: { key } }) };
  }
  try {
    return { minerId, tile: decodeUpstreamTile(cell.value, request, key) };
  } catch (error) {
    return { minerId, error: error as PredictionStoreError };
  }
}

import { isKeyspaceError, parsePredictionKey, type PredictionAddress } from "@foretile/keyspace";
import { PredictionStoreError } from "../prediction-store-error.ts";
import { stepCount, type ForecastRequest } from "../request/forecast-request.ts";

/** Where upstream keeps a tile: one cell a row, without header, checksum or compression. */
export const UPSTREAM_FAMILY = "p";
export const UPSTREAM_QUALIFIER = "d";

/** What a row's key says; `undefined` for a key that is no prediction's. */
export function addressOfRow(key: string): PredictionAddress | undefined {
  try {
    return parsePredictionKey(key);
  } catch (error) {
    if (isKeyspaceError(error, "malformed")) return undefined;
    throw error;
  }
}

/**
 * The tile in a cell of upstream's: raw little-endian float32, `[simulations, steps]` row-major.
 *
 * Such a cell has no checksum. That it has the right length and holds nothing but prices is all that can be known.
 *
 * @param key for messages
 * @returns float32 `[steps, simulations]` row-major, fresh
 * @throws {PredictionStoreError} `damaged` for another length, or a value that is not finite and positive
 */
export function decodeUpstreamTile(
  bytes: Uint8Array,
  request: ForecastRequest,
  key: string,
): Float32Array<ArrayBuffer> {
  const { simulations } = request;
  const steps = stepCount(request);
  const wanted = simulations * steps * Float32Array.BYTES_PER_ELEMENT;
  if (bytes.length !== wanted) {
    throw damaged(`row has another length key=${key} wanted=${wanted} found=${bytes.length}`, key);
  }
  // Cells may lie anywhere in a larger buffer; floats may not.
  const rows = new Float32Array(simulations * steps);
  new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength).set(bytes);
  const tile = new Float32Array(rows.length);
  for (let simulation = 0; simulation < simulations; simulation += 1) {
    for (let step = 0; step < steps; step += 1) {
      const price = rows[simulation * steps + step] ?? Number.NaN;
      if (!(price > 0 && price < Infinity)) {
        throw damaged(
          `row holds what is no price key=${key} simulation=${simulation} step=${step} value=${price}`,
          key,
        );
      }
      tile[step * simulations + simulation] = price;
    }
  }
  return tile;
}

function damaged(message: string, key: string): PredictionStoreError {
  return new PredictionStoreError("damaged", message, { details: { key } });
}

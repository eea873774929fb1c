import { predictionKey } from "@foretile/keyspace";
import { toKey, type RowStore } from "@foretile/storage";
import { stepCount, type ForecastRequest } from "../../src/index.ts";

/** Writes a cell as upstream's writer does, and lets it be anything else. */
export async function putCell(
  table: RowStore,
  key: string,
  value: Uint8Array,
  { family = "p", qualifier = "d", timestampMicros = 1000 } = {},
): Promise<void> {
  await table.setFamily(family, {});
  const cell = { type: "set-cell", family, qualifier, timestampMicros, value } as const;
  const [status] = await table.mutateRows([{ key: toKey(key), mutations: [cell] }]);
  if (status?.ok !== true) throw new Error(`row was not written key=${key}`);
}

/** Bytes of a tile in upstream's form: little-endian float32, one path after the other. */
export function upstreamBytes(tile: Float32Array, request: ForecastRequest): Uint8Array {
  const { simulations } = request;
  const steps = stepCount(request);
  const view = new DataView(new ArrayBuffer(tile.length * 4));
  for (let simulation = 0; simulation < simulations; simulation += 1) {
    for (let step = 0; step < steps; step += 1) {
      const price = tile[step * simulations + simulation] ?? Number.NaN;
      view.setFloat32((simulation * steps + step) * 4, price, true);
    }
  }
  return new Uint8Array(view.buffer, 0, view.byteLength);
}

/** Writes a miner's tile. */
export async function putTile(
  table: RowStore,
  request: ForecastRequest,
  minerId: number,
  tile: Float32Array,
): Promise<void> {
  await putCell(table, predictionKey({ ...request, minerId }), upstreamBytes(tile, request));
}

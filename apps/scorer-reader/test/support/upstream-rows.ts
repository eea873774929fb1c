import { predictionKey } from "@foretile/keyspace";
import { type ForecastRequest, stepCount } from "@foretile/prediction-store";
import { type RowStore, toKey } from "@foretile/storage";

import { walks } from "./scored-store.ts";

/** A row's value as upstream writes it: little-endian float32, one path after the other. */
function rowValue(request: ForecastRequest, seed: number): Uint8Array {
  const { simulations } = request;
  const steps = stepCount(request);
  const tile = walks(request, seed);
  const view = new DataView(new ArrayBuffer(tile.byteLength));
  for (const [index, price] of tile.entries()) {
    const [step, simulation] = [Math.floor(index / simulations), index % simulations];
    view.setFloat32((simulation * steps + step) * 4, price, true);
  }
  return new Uint8Array(view.buffer);
}

/** Writes a row for each miner, as upstream's writer does; the walks are those of its id unless a value is given. */
export async function writeRows(
  table: RowStore,
  request: ForecastRequest,
  miners: readonly (readonly [minerId: number, value?: Uint8Array])[],
): Promise<void> {
  const statuses = await table.mutateRows(
    miners.map(([minerId, value = rowValue(request, minerId)]) => ({
      key: toKey(predictionKey({ ...request, minerId })),
      mutations: [
        { type: "set-cell", family: "p", qualifier: "d", timestampMicros: 1000, value } as const,
      ],
    })),
  );
  if (statuses.some(({ ok }) => !ok)) throw new Error("a row was not written");
}

/** Rows that are none: too short, one value not finite, one that is no price. */
export function damagedValues(request: ForecastRequest): readonly Uint8Array[] {
  const sound = rowValue(request, 1);
  const bad = [Number.NaN, Number.POSITIVE_INFINITY, 0, -1].map((value) => {
    const bytes = sound.slice();
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, value, true);
    return bytes;
  });
  return [sound.subarray(1), new Uint8Array(), ...bad];
}

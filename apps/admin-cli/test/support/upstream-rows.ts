import { openStore } from "@foretile/app-kit";
import { predictionKey } from "@foretile/keyspace";
import { stepCount } from "@foretile/prediction-store";
import { toKey } from "@foretile/storage";

import { SAMPLE_REQUEST, sampleTile } from "./sample-store.ts";

/** A row's value as upstream writes it: little-endian float32, one path after the other. */
function rowValue(minerId: number): Uint8Array {
  const { simulations } = SAMPLE_REQUEST;
  const steps = stepCount(SAMPLE_REQUEST);
  const tile = sampleTile(minerId);
  const bytes = Buffer.alloc(tile.byteLength);
  for (let simulation = 0; simulation < simulations; simulation += 1) {
    for (let step = 0; step < steps; step += 1) {
      const price = tile[step * simulations + simulation] ?? Number.NaN;
      bytes.writeFloatLE(price, (simulation * steps + step) * 4);
    }
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Writes rows of the sample request to the table `tiny` of a store, as upstream's writer does.
 *
 * @param damaged of whom the last byte is missing
 */
export async function writeUpstreamRows(
  url: string,
  minerIds: readonly number[],
  damaged?: number,
): Promise<void> {
  await using store = await openStore(url, "write");
  const table = store.table("tiny");
  await table.setFamily("p", {});
  const statuses = await table.mutateRows(
    minerIds.map((minerId) => ({
      key: toKey(predictionKey({ ...SAMPLE_REQUEST, minerId })),
      mutations: [
        {
          type: "set-cell",
          family: "p",
          qualifier: "d",
          timestampMicros: 1000,
          value: minerId === damaged ? rowValue(minerId).subarray(1) : rowValue(minerId),
        },
      ],
    })),
  );
  if (statuses.some(({ ok }) => !ok)) throw new Error("a row was not written");
}

import {
  openPredictionStore,
  requestKey,
  stepCount,
  SYNTH_HIGH,
  SYNTH_LOW,
} from "@foretile/prediction-store";
import { scoreTile, type TileScore } from "@foretile/scoring";
import { openLmdbStore } from "@foretile/storage-lmdb";
import { createLibrary } from "@foretile/version-store";

/**
 * Makes a store in the folder `path`, publishes one answer to one request, reads it back, and scores it.
 *
 * @returns the miner's score, and the prices of its first three paths an hour after the start
 */
export async function quickStart(
  path: string,
): Promise<{ score: TileScore; afterAnHour: readonly number[] }> {
  await using store = await openLmdbStore({ path, mode: "create" });
  const predictions = await openPredictionStore({ library: await createLibrary({ store }) });
  await predictions.setLabels([SYNTH_LOW, SYNTH_HIGH]);

  const request = {
    label: "low",
    asset: "BTC",
    startUnixSeconds: Date.UTC(2017, 11, 5, 12) / 1000,
    timeIncrementSeconds: SYNTH_LOW.timeIncrementSeconds,
    timeLengthSeconds: SYNTH_LOW.timeLengthSeconds,
    simulations: SYNTH_LOW.simulations,
  };
  // Step after step: the price of path p at step s is tile[s * simulations + p].
  const steps = stepCount(request);
  const tile = Float32Array.from(
    { length: steps * request.simulations },
    (_, index) => 11_700 + Math.floor(index / request.simulations) * ((index % 7) - 3),
  );
  await predictions.publish(request, [
    { minerUid: 12, minerId: 1012, processTimeSeconds: 3.2, outcome: { status: "valid", tile } },
  ]);

  const published = await predictions.read(requestKey(request));
  const prices = Float64Array.from({ length: steps }, (_, step) => 11_700 + step);
  const values = await published.readTile(1012);
  const score = scoreTile(values, published.shape, prices, SYNTH_LOW);

  let afterAnHour: readonly number[] = [];
  // Reads one panel of each tile, not the tiles.
  for await (const slice of published.slice({ from: 12, to: 13 })) {
    afterAnHour = [...(slice.values ?? [])].slice(0, 3);
  }
  return { score, afterAnHour };
}

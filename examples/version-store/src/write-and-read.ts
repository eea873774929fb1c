import {
  isVersionStoreError,
  ndarray,
  type Frame,
  type Library,
  type NdArray,
} from "@foretile/version-store";
import { pricePaths, trajectory } from "./trajectory.ts";
import type { Log } from "./tour.ts";

/** Values of all three kinds, whole. */
export async function writeAndRead(library: Library, log: Log): Promise<void> {
  const written = await library.write("flights/f1", trajectory(0, 600), {
    metadata: { aircraft: "glider" },
    user: "ada",
    message: "first ten minutes",
  });
  log(written.version, written.rows, written.changed);

  const flight = await library.read<Frame>("flights/f1");
  log(flight.metadata, flight.value.column("altitude").values[599]);
  log(flight.value.toRows()[5]);

  const paths = ndarray({ shape: [24, 40], grid: [12, 10], values: pricePaths() });
  await library.write("paths/p1", paths);
  const { value } = await library.read<NdArray<Float32Array>>("paths/p1");
  log(value.shape, value.type, value.values.length);

  const settings = { units: "metric", limits: [0, 12_500], note: null };
  await library.write("settings", settings);
  log((await library.read("settings")).value);

  const again = await library.write("settings", settings, { skipUnchanged: true });
  log(again.version, again.changed);

  const results = await library.writeBatch([
    { symbol: "flights/f2", value: trajectory(0, 60) },
    { symbol: "flights/f3", value: { bad: () => 1 } },
  ]);
  for (const { symbol, result, error } of results) {
    log(symbol, result?.version ?? (isVersionStoreError(error) && error.code));
  }
}

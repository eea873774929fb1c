import type { Library } from "@foretile/version-store";
import { trajectory } from "./trajectory.ts";
import type { Log } from "./tour.ts";

/** Versions that have a name and stay. */
export async function takeSnapshots(library: Library, log: Log): Promise<void> {
  const snapshot = await library.snapshot("release-1", {
    prefix: "flights/",
    versions: { "flights/f1": 2 },
    metadata: { approved: "ada" },
  });
  log(snapshot.name, snapshot.symbolCount);

  await library.write("flights/f2", trajectory(0, 10));
  const pinned = await library.read("flights/f2", { asOf: "release-1" });
  const newest = await library.read("flights/f2");
  log(pinned.version, pinned.rows, newest.version, newest.rows);

  for await (const batch of library.listSnapshotSymbols("release-1")) {
    for (const { symbol, entry } of batch) log(symbol, entry.version);
  }
  for await (const batch of library.listSnapshots()) log(batch.length);
}

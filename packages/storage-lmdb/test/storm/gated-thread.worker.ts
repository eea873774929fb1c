// Run as a thread. Once the shared cell says 1, it commits to a store that it has open, or opens it: it says 2 just
// before, and 3 when that is done.
import { parentPort, workerData } from "node:worker_threads";

import { toKey } from "@foretile/storage";

import { openLmdbStore } from "../../src/index.ts";

const { path, cell, what } = workerData as {
  readonly path: string;
  readonly cell: Int32Array;
  readonly what: "commit" | "open";
};

function tell(state: number): void {
  Atomics.store(cell, 0, state);
  Atomics.notify(cell, 0);
}

async function start(): Promise<void> {
  parentPort?.postMessage({ ready: true }, []);
  Atomics.wait(cell, 0, 0);
  tell(2);
}

if (what === "open") await start();
await using store = await openLmdbStore({ path, mode: "write" });
if (what === "commit") {
  await start();
  await store.refs.compareAndSet(toKey("ref"), undefined, new Uint8Array(1));
}
tell(3);

// Usage: counter.worker.ts PATH TIMES. Adds one to a shared counter that many times. Runs as a process or a thread.
import { workerData } from "node:worker_threads";

import { toKey, type Store } from "@foretile/storage";
import { openLmdbStore } from "../../src/index.ts";

const args: readonly string[] = (workerData as readonly string[] | null) ?? process.argv.slice(2);
const [path = "", times = "0"] = args;
const key = toKey("counter");

async function increment({ refs }: Store): Promise<void> {
  for (;;) {
    const before = await refs.read(key);
    const next = Number(new TextDecoder().decode(before?.value)) + 1;
    const bytes = new TextEncoder().encode(String(next));
    const { swapped } = await refs.compareAndSet(key, before?.token, bytes);
    if (swapped) return;
  }
}

await using store = await openLmdbStore({ path, mode: "write" });
for (let count = 0; count < Number(times); count += 1) await increment(store);

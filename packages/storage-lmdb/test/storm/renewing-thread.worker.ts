// A thread (worker data: path, thread number) whose mapping is made anew after every call, while others do the same.
import { parentPort, workerData } from "node:worker_threads";

import { systemClock } from "@foretile/resilience/system";
import { toKey } from "@foretile/storage";
import { openEnvironment } from "../../src/environment.ts";
import { createLmdbStore } from "../../src/lmdb-store.ts";
import { inspectFolder } from "../../src/store-folder.ts";

const { path, thread } = workerData as { path: string; thread: number };
const blobs = 50;
const rounds = 400;

const byteOf = (blob: number): number => (thread * blobs + blob) % 251;
const keyOf = (blob: number): ReturnType<typeof toKey> => toKey(`thread-${thread}/${blob}`);

const environment = await openEnvironment(await inspectFolder(path, "write"), "write", 0);
const lease = { environment, release: () => environment.close() };
const store = createLmdbStore(lease, { clock: systemClock, writable: true });
let wrong = 0;
for (let blob = 0; blob < blobs; blob += 1) {
  await store.blobs.putNew(keyOf(blob), new Uint8Array(70_000).fill(byteOf(blob)));
}
for (let round = 0; round < rounds; round += 1) {
  const some = [0, 1, 2, 3].map((offset) => (round + offset) % blobs);
  const values = await Promise.all(some.map((blob) => store.blobs.get(keyOf(blob))));
  values.forEach((value, index) => {
    const wanted = byteOf(some[index] ?? 0);
    if (value?.length !== 70_000 || value[0] !== wanted || value[69_999] !== wanted) wrong += 1;
  });
  const key = toKey(`count-${thread}`);
  const count = await store.refs.read(key);
  const swap = await store.refs.compareAndSet(key, count?.token, Uint8Array.of(round % 256));
  if (!swap.swapped) wrong += 1;
}
await store.close();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage({ wrong });

import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { expect, test } from "vitest";
import { toKey } from "@foretile/storage";
import { temporaryFolder } from "@foretile/testkit";
import { openLmdbStore } from "../../src/index.ts";
import { blobBytes } from "./commit-data.ts";

test("threads read whole blobs while another one writes, and while one of them is ended", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await using store = await openLmdbStore({ path, mode: "create" });
  const keys = Array.from({ length: 40 }, (_, index) => toKey(`blob/${index}`));
  for (const key of keys) await store.blobs.putNew(key, blobBytes(key));

  function startThread(rounds: number): Worker {
    return new Worker(new URL("verifier.worker.ts", import.meta.url), {
      workerData: { path, keys, rounds },
      execArgv: ["--conditions=@foretile/source"],
    });
  }
  const results = Promise.all([20, 20].map((rounds) => once(startThread(rounds), "exit")));
  const endless = startThread(1_000_000);
  await once(endless, "online");

  for (let round = 0; round < 300; round += 1) {
    const key = toKey(`written/${round}`);
    await store.blobs.putNew(key, blobBytes(key));
    await store.blobs.deleteMany([key]);
    if (round === 150) await endless.terminate();
  }
  expect(await results).toEqual([[0], [0]]);
});

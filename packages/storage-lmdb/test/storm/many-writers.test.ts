import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { expect, test } from "vitest";
import { toKey, type Store } from "@foretile/storage";
import { temporaryFolder } from "@foretile/testkit";
import { openLmdbStore } from "../../src/index.ts";
import { runWorker, runWorkerNow, startWorker } from "./run-worker.ts";

async function counter({ refs }: Store): Promise<number> {
  return Number(new TextDecoder().decode((await refs.read(toKey("counter")))?.value));
}

function startThread(args: readonly string[]): Promise<unknown[]> {
  const thread = new Worker(new URL("counter.worker.ts", import.meta.url), {
    workerData: args,
    execArgv: ["--conditions=@foretile/source"],
  });
  return once(thread, "exit");
}

test("a counter of four processes counts every increment", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await using store = await openLmdbStore({ path, mode: "create" });
  const processes = Array.from({ length: 4 }, () => runWorker("counter", [path, "150"]));
  await Promise.all(processes);
  expect(await counter(store)).toBe(600);
});

test("a read sees what another process committed, within one turn of the event loop", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await using store = await openLmdbStore({ path, mode: "create" });
  expect(await counter(store)).toBe(0);
  runWorkerNow("counter", [path, "3"]);
  expect(await counter(store)).toBe(3);
});

test("a counter of threads and processes together counts every increment", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await using store = await openLmdbStore({ path, mode: "create" });
  const exits = await Promise.all([
    startThread([path, "100"]),
    startThread([path, "100"]),
    runWorker("counter", [path, "100"]),
    runWorker("counter", [path, "100"]),
  ]);
  expect(exits.slice(0, 2)).toEqual([[0], [0]]);
  expect(await counter(store)).toBe(400);

  // The threads have closed their share; this one, and processes that come later, go on.
  await runWorker("counter", [path, "10"]);
  expect(await counter(store)).toBe(410);
});

test("counters killed in the middle leave a counter that others go on with", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await using store = await openLmdbStore({ path, mode: "create" });
  for (let round = 0; round < 5; round += 1) {
    const processes = Array.from({ length: 3 }, () => startWorker("counter", [path, "1000000"]));
    const before = await counter(store);
    while ((await counter(store)) < before + 20) await new Promise(setImmediate);
    for (const { child } of processes) child.kill("SIGKILL");
    for (const { ended } of processes) expect((await ended).signal).toBe("SIGKILL");
  }
  // A commit whose process died before it could say so may come to light with the next commit of anybody.
  await runWorker("counter", [path, "1"]);
  const before = await counter(store);
  await runWorker("counter", [path, "10"]);
  expect(await counter(store)).toBe(before + 10);
});

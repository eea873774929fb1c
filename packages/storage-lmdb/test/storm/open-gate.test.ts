import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { toKey } from "@foretile/storage";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { openLmdbStore } from "../../src/index.ts";
import { openGate } from "../../src/open-gate.ts";
import { startWorker } from "./run-worker.ts";

/** How long a thread that may not go on is looked at. */
const LOOK_MS = 50;

test("an opening waits for the commits under way, and they for nobody", async () => {
  await using folder = await temporaryFolder();
  const gate = openGate(folder.path);
  const told: string[] = [];
  const ends = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const commits = ends.map(({ promise }, index) =>
    gate.commit(async () => {
      told.push(`commit ${index} begins`);
      await promise;
      told.push(`commit ${index} ends`);
    }),
  );
  const opening = gate.open(() => told.push("opened"));
  ends[1]?.resolve();
  await commits[1];
  ends[0]?.resolve();
  await Promise.all([...commits, opening]);
  expect(told).toEqual([
    "commit 0 begins",
    "commit 1 begins",
    "commit 1 ends",
    "commit 0 ends",
    "opened",
  ]);
  await gate.close();
});

function failToOpen(): never {
  throw new Error("opening");
}

test("a commit that fails is over too, and so is an opening", async () => {
  await using folder = await temporaryFolder();
  const gate = openGate(folder.path, 0);
  await expect(gate.commit(() => Promise.reject(new Error("commit")))).rejects.toThrow("commit");
  await expect(gate.open(failToOpen)).rejects.toThrow("opening");
  await gate.commit(() => Promise.resolve());
  expect(await gate.open(() => "opened")).toBe("opened");
  await gate.close();
});

/** Starts a thread that waits for {@link expectToStand} to commit to the store, or to open it. */
async function startThread(path: string, what: "commit" | "open") {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(new URL("gated-thread.worker.ts", import.meta.url), {
    workerData: { path, cell, what },
    execArgv: ["--conditions=@foretile/source"],
  });
  await once(thread, "message");
  return { cell, ended: once(thread, "exit") };
}

/** Lets a thread go on, and sees that it does not get through. */
function expectToStand(cell: Int32Array): void {
  Atomics.store(cell, 0, 1);
  Atomics.notify(cell, 0);
  Atomics.wait(cell, 0, 1);
  expect(Atomics.wait(cell, 0, 2, LOOK_MS)).toBe("timed-out");
}

test("nobody commits to a store while somebody opens it", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await using store = await openLmdbStore({ path, mode: "create" });
  const { cell, ended } = await startThread(path, "commit");
  const gate = openGate(path);
  await gate.open(() => expectToStand(cell));
  expect(await ended).toEqual([0]);
  expect(cell[0]).toBe(3);
  expect(await store.refs.read(toKey("ref"))).toBeDefined();
  await gate.close();
});

test("nobody opens a store while somebody commits to it", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await using store = await openLmdbStore({ path, mode: "create" });
  const { cell, ended } = await startThread(path, "open");
  const gate = openGate(path);
  await gate.commit(() => Promise.resolve(expectToStand(cell)));
  expect(await ended).toEqual([0]);
  expect(cell[0]).toBe(3);
  expect(await store.refs.read(toKey("ref"))).toBeUndefined();
  await gate.close();
});

test("an opening gives up on a commit that does not end, and does not wait for a dead one", async () => {
  await using folder = await temporaryFolder();
  const gate = openGate(folder.path, LOOK_MS);
  const worker = startWorker("gate", [folder.path, "commit"]);
  await worker.said(1);
  await expect(gate.open(() => "opened")).rejects.toMatchObject({ code: "unavailable" });
  worker.child.kill("SIGKILL");
  await worker.ended;
  expect(await gate.open(() => "opened")).toBe("opened");
  await gate.close();
});

test("a process that is killed while it opens the store keeps nobody out", async () => {
  await using folder = await temporaryFolder();
  const gate = openGate(folder.path);
  const worker = startWorker("gate", [folder.path, "open"]);
  await worker.said(1);
  worker.child.kill("SIGKILL");
  await worker.ended;
  expect(await gate.commit(() => Promise.resolve("committed"))).toBe("committed");
  await gate.close();
});

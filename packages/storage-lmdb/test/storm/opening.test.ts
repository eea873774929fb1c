import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { toKey } from "@foretile/storage";
import { expect, test } from "vitest";

import { openLmdbStore } from "../../src/index.ts";
import { startWorker } from "./run-worker.ts";

const OPENERS = 4;
const CHANGES = 500;

/** In memory where there is such a place: where commits are quick, more of them come between the two steps. */
async function fastFolder() {
  const memory = "/dev/shm";
  const place = await access(memory).then(
    () => memory,
    () => tmpdir(),
  );
  const path = await mkdtemp(join(place, "foretile-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/*
 * LMDB as lmdb-js builds it writes the number of the newest transaction that it finds in the file into the lock file
 * when it opens a store. What another process commits between the two steps is then built over by the next commit.
 */
test("what is committed while others open the store is not lost", async () => {
  await using folder = await fastFolder();
  const { path } = folder;
  await using store = await openLmdbStore({ path, mode: "create" });
  const openers = Array.from({ length: OPENERS }, () => startWorker("opener", [path]));
  await Promise.all(openers.map(({ said }) => said(1)));

  const key = toKey("counter");
  let token = (await store.refs.read(key))?.token;
  for (let change = 1; change <= CHANGES; change += 1) {
    const bytes = new TextEncoder().encode(String(change));
    const result = await store.refs.compareAndSet(key, token, bytes);
    // Nobody else changes it.
    expect(result.swapped, `change=${change}`).toBe(true);
    if (result.swapped) token = result.token;
    // Between two commits is when the number in the lock file counts.
    if (change % 3 === 0) await new Promise(setImmediate);
  }
  for (const { child } of openers) child.kill("SIGKILL");
  for (const { ended } of openers)
    expect(await ended).toMatchObject({ signal: "SIGKILL", errors: "" });
  const last = await store.refs.read(key);
  expect(new TextDecoder().decode(last?.value)).toBe(String(CHANGES));
});

import { stat } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";
import { toKey, type Store } from "@foretile/storage";
import { temporaryFolder } from "@foretile/testkit";
import { openLmdbStore } from "../../src/index.ts";
import { startWorker } from "./run-worker.ts";

const BLOB_BYTES = 1_000_000;
const ROUNDS = 100;

async function churn({ blobs }: Store): Promise<void> {
  const key = toKey("churned");
  for (let round = 0; round < ROUNDS; round += 1) {
    await blobs.putNew(key, new Uint8Array(BLOB_BYTES).fill(round));
    await blobs.deleteMany([key]);
  }
}

async function fileBytes(folder: string): Promise<number> {
  return (await stat(join(folder, "data.mdb"))).size;
}

test("the snapshot of a killed process is let go when the store is opened next", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await using first = await openLmdbStore({ path, mode: "create" });
  await first.blobs.putNew(toKey("kept"), new Uint8Array(10));

  const reader = startWorker("reader", [path]);
  await reader.said(1);
  await churn(first);
  // A living reader pins pages: the file grew with every round.
  const pinned = await fileBytes(path);
  expect(pinned).toBeGreaterThan((ROUNDS / 2) * BLOB_BYTES);

  reader.child.kill("SIGKILL");
  await reader.ended;
  await first.close();
  await using second = await openLmdbStore({ path, mode: "write" });
  await churn(second);
  expect((await fileBytes(path)) - pinned).toBeLessThan(10 * BLOB_BYTES);
});

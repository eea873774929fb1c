import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";
import { openLmdbStore } from "../../src/index.ts";

test("threads that map the file anew all the time disturb nobody's calls", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "store");
  await (await openLmdbStore({ path, mode: "create" })).close();
  const entry = new URL("renewing-thread.worker.ts", import.meta.url);
  const reports = await Promise.all(
    [1, 2, 3].map(async (thread) => {
      const execArgv = ["--conditions=@foretile/source"];
      const worker = new Worker(entry, { workerData: { path, thread }, execArgv });
      return (await once(worker, "message")) as unknown[];
    }),
  );
  expect(reports).toEqual([[{ wrong: 0 }], [{ wrong: 0 }], [{ wrong: 0 }]]);
});

import { openPredictions } from "@foretile/app-kit";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { jsonLines } from "../support/run-foretile.ts";
import { SAMPLE_KEY, SAMPLE_REQUEST, sampleTile } from "../support/sample-store.ts";
import { spawnForetile } from "../support/spawn-foretile.ts";

const symbol = `request/${SAMPLE_KEY}`;

/** Publishes the sample request once more, with another tile of miner 7 each time. */
async function publish(url: string, round: number): Promise<void> {
  await using opened = await openPredictions(url, "write");
  const outcome = { status: "valid", tile: sampleTile(round) } as const;
  await opened.predictions.publish(SAMPLE_REQUEST, [
    { minerUid: 107, minerId: 7, processTimeSeconds: 1, outcome },
  ]);
}

test("requests are written, named, deleted, pruned, collected and checked", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${folder.path}/store`;
  const env = { FORETILE_STORE: url };
  const run = async (...argv: string[]) => {
    const finished = await spawnForetile([...argv, "--json"], env);
    expect({ ...finished, argv }).toMatchObject({ exitCode: 0, errors: "", argv });
    return jsonLines(finished.output);
  };
  await run("init", "--grace", "0s", "--undelete", "0s");
  for (const round of [1, 2, 3, 4]) await publish(url, round);

  // A name for what is there now; later versions come and go.
  expect(await run("snapshot", "create", "kept")).toMatchObject([{ name: "kept", symbols: 2 }]);
  for (const round of [5, 6]) await publish(url, round);
  expect(await run("request", "show", SAMPLE_KEY, "--as-of", "snapshot:kept")).toMatchObject([
    { version: 4 },
  ]);
  expect(await run("version", "list", symbol)).toMatchObject([
    { version: 6, snapshots: [] },
    { version: 5, snapshots: [] },
    { version: 4, snapshots: ["kept"] },
    { version: 3, snapshots: [] },
    { version: 2, snapshots: [] },
    { version: 1, snapshots: [] },
  ]);

  // What is pruned cannot be read any more, and is told first.
  const prune = ["prune", "--keep-last", "1", "--prefix", "request/"];
  expect((await run(...prune)).at(-1)).toMatchObject({ dry_run: true, removed_versions: 4 });
  expect((await run(...prune, "--yes")).at(-1)).toMatchObject({ removed_versions: 4 });
  expect((await run("version", "list", symbol)).map(({ version }) => version)).toStrictEqual([
    6, 4,
  ]);
  const pruned = await spawnForetile(["request", "show", SAMPLE_KEY, "--version", "2"], env);
  expect(pruned.exitCode).toBe(3);

  // A deletion is taken back, and a restored version is the newest.
  await run("symbol", "delete", symbol, "--yes", "--user", "ops");
  expect(await run("request", "list")).toStrictEqual([]);
  expect(await run("symbol", "undelete", symbol)).toMatchObject([{ version: 6 }]);
  expect(await run("version", "restore", symbol, "--as-of", "snapshot:kept")).toMatchObject([
    { version: 8, changed: true },
  ]);

  // What was removed is freed; what the snapshot and the newest versions need is not.
  const [told] = await run("collect");
  expect(told).toMatchObject({ dry_run: true, deleted: { segments: { blobs: 12 } } });
  const [done] = await run("collect", "--yes", "--force");
  expect(done).toMatchObject({ dry_run: false, deleted: told?.["deleted"], deferred_by: [] });
  expect(await run("fsck", "--level", "2")).toMatchObject([
    { type: "summary", healthy: true, errors: 0, warnings: 0, notes: 0, snapshots: 1 },
  ]);
  const csv = await spawnForetile(["tile", "show", SAMPLE_KEY, "7", "--steps", "0:1"], env);
  expect(csv.output).toContain("\n0,1512475200,4000,4000.1,4000.2,4000.3\n");

  // Without the snapshot its versions go as the others did.
  await run("snapshot", "delete", "kept", "--yes");
  await run("symbol", "delete", symbol, "--yes");
  await run("collect", "--yes", "--force");
  const undelete = await spawnForetile(["symbol", "undelete", symbol, "--json"], env);
  expect(undelete.exitCode).toBe(3);
  expect(jsonLines(undelete.errors)).toMatchObject([{ error: { code: "no-data-found" } }]);
  const [left] = await run("collect");
  expect(left).toMatchObject({ found: { segments: { blobs: 0 } }, versions: 0 });
  expect(await run("fsck", "--level", "2")).toMatchObject([{ healthy: true, errors: 0 }]);
});

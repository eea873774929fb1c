import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "@foretile/testkit";
import { borrowValue } from "../src/database.ts";
import { openEnvironment } from "../src/environment.ts";
import { keyBytes, keyText } from "../src/key-bytes.ts";
import { inspectFolder } from "../src/store-folder.ts";

const a = keyBytes("a");
const b = keyBytes("b");
const value = new Uint8Array(100_000).fill(1);

async function openFresh(path: string) {
  return openEnvironment(await inspectFolder(path, "create"), "create");
}

test("work that throws leaves nothing behind, and its neighbours are written", async () => {
  await using folder = await temporaryFolder();
  const environment = await openFresh(folder.path);
  const { blobs } = environment.databases;
  const results = await Promise.allSettled([
    environment.commits.run(1, () => blobs.putSync(a, value)),
    environment.commits.run(1, () => {
      blobs.putSync(b, value);
      throw new Error("half-way");
    }),
  ]);
  expect(results).toMatchObject([
    { status: "fulfilled" },
    { status: "rejected", reason: { code: "unknown", retry: "never" } },
  ]);
  expect(environment.read(() => [...blobs.getKeys()].map(keyText))).toEqual(["a"]);
  await environment.close();
});

test("work sees what earlier work of the same transaction wrote", async () => {
  await using folder = await temporaryFolder();
  const environment = await openFresh(folder.path);
  const { refs } = environment.databases;
  const seen = await Promise.all(
    [1, 2, 3].map((number) =>
      environment.commits.run(1, () => {
        const before = borrowValue(refs, a)?.[0];
        refs.putSync(a, Uint8Array.of(number));
        return before;
      }),
    ),
  );
  expect(seen).toEqual([undefined, 1, 2]);
  await environment.close();
});

test("a store that vanished between two mappings fails its calls and still closes", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "store");
  const environment = await openEnvironment(await inspectFolder(path, "create"), "create", 0);
  // Away before the call that makes a new mapping due ends.
  await environment.use(async () => {
    environment.touch(1);
    await rename(path, join(folder.path, "elsewhere"));
    await writeFile(path, "a file");
  });
  await expect(environment.use(() => "call")).rejects.toMatchObject({ name: "StorageError" });
  await environment.close();
});

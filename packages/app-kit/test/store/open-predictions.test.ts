import type { Answer } from "@foretile/prediction-store";
import { isStorageError, toKey } from "@foretile/storage";
import { temporaryFolder } from "@foretile/testkit";
import { createLibrary } from "@foretile/version-store";
import { expect, test } from "vitest";

import { createPredictions, openPredictions, openStore } from "../../src/index.ts";

const labelsOf = async (url: string): Promise<string[]> => {
  await using opened = await openPredictions(url, "read");
  return (await opened.predictions.labels()).map(({ label }) => label);
};

test("a new store has the default labels and is there after closing", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${folder.path}/store`;
  await (await createPredictions(url))[Symbol.asyncDispose]();
  expect(await labelsOf(url)).toStrictEqual(["low", "high"]);
});

test("a store is created once, and stays as it was", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${folder.path}/store`;
  await (await createPredictions(url))[Symbol.asyncDispose]();
  await expect(createPredictions(url, { labels: [] })).rejects.toMatchObject({
    name: "VersionStoreError",
    code: "library-exists",
  });
  expect(await labelsOf(url)).toStrictEqual(["low", "high"]);
});

test("creating finishes what an earlier attempt left without labels", async () => {
  const url = "memory:unfinished";
  await createLibrary({ store: await openStore(url, "create") });
  await (await createPredictions(url))[Symbol.asyncDispose]();
  expect(await labelsOf(url)).toStrictEqual(["low", "high"]);
});

test("a new library is made with what is fixed then", async () => {
  const settings = { composition: { preset: "plain" }, quotaBytes: 1e6 } as const;
  const times = { graceMs: 1, undeleteMs: 2 };
  await using opened = await createPredictions("memory:settings", { ...settings, times });
  expect(opened.library.config).toMatchObject({
    times: { graceMs: 1, undeleteMs: 2, transactionLifetimeMs: 3_600_000 },
    composition: { preset: "plain" },
    quotaBytes: 1e6,
  });
});

async function leaveUnfinished(url: string): Promise<void> {
  const composition = { preset: "plain" } as const;
  const store = await openStore(url, "create");
  await createLibrary({ store, composition, times: { graceMs: 5 }, quotaBytes: 9e6 });
}

test.each([
  ["the same", { composition: { preset: "plain" }, times: { graceMs: 5 }, quotaBytes: 9e6 }],
  ["no", {}],
] as const)("what was left unfinished is finished with %s settings", async (name, settings) => {
  const url = `memory:unfinished ${name}`;
  await leaveUnfinished(url);
  await (await createPredictions(url, settings))[Symbol.asyncDispose]();
  expect(await labelsOf(url)).toStrictEqual(["low", "high"]);
});

test.each([
  ["preset", { composition: { preset: "archive" } }],
  ["grace", { times: { graceMs: 6 } }],
  ["time for undeleting", { times: { undeleteMs: 6 } }],
  ["quota", { quotaBytes: 8e6 }],
] as const)("what was left unfinished is not finished with another %s", async (name, settings) => {
  const url = `memory:unfinished ${name}`;
  await leaveUnfinished(url);
  await expect(createPredictions(url, settings)).rejects.toMatchObject({ code: "usage" });
  // It is still as unfinished as before.
  await (await createPredictions(url))[Symbol.asyncDispose]();
});

test("memory stores are one per name, made when they are needed", async () => {
  expect(await labelsOf("memory:a")).toStrictEqual(["low", "high"]);
  const key = toKey("mine");
  {
    await using store = await openStore("memory:a", "write");
    await store.blobs.putNew(key, Uint8Array.of(1));
  }
  expect(await (await openStore("memory:a", "read")).blobs.get(key)).toStrictEqual(
    Uint8Array.of(1),
  );
  expect(await (await openStore("memory:b", "read")).blobs.get(key)).toBeUndefined();
});

test("new tiles are packed as it is opened for", async () => {
  const request = {
    label: "low",
    asset: "BTC",
    startUnixSeconds: 1_512_475_200,
    timeIncrementSeconds: 300,
    timeLengthSeconds: 86_400,
    simulations: 1000,
  };
  const tile = new Float32Array(289 * 1000).fill(1);
  const answer: Answer = {
    minerUid: 1,
    minerId: 1001,
    processTimeSeconds: 1,
    outcome: { status: "valid", tile },
  };
  for (const [mode, storedBytes] of [
    ["raw", expect.toSatisfy((bytes: number) => bytes >= tile.byteLength)],
    ["pack", expect.toSatisfy((bytes: number) => bytes < tile.byteLength / 10)],
  ] as const) {
    await using opened = await openPredictions(`memory:${mode}`, "write", { mode });
    expect(await opened.predictions.publish(request, [answer])).toMatchObject({ storedBytes });
  }
});

test("a store that is not there is not made by opening it", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${folder.path}/none`;
  for (const mode of ["read", "write"] as const) {
    await expect(openPredictions(url, mode)).rejects.toSatisfy((error) =>
      isStorageError(error, "not-a-store"),
    );
  }
});

test("a store that is opened for reading is not changed", async () => {
  const url = "memory:read";
  await (await createPredictions(url))[Symbol.asyncDispose]();
  await using opened = await openPredictions(url, "read");
  await expect(opened.library.write("s", 1)).rejects.toMatchObject({ code: "read-only-library" });
});

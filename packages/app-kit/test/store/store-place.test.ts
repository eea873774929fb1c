import { mkdir, writeFile } from "node:fs/promises";
import { temporaryFolder } from "@foretile/testkit";
import { toKey } from "@foretile/storage";
import { expect, test } from "vitest";

import { openPredictions, openStore, planProvision, probePlace } from "../../src/index.ts";

test("a folder is provisioned once, and becomes a store", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${folder.path}/store`;
  const steps = await planProvision(url);
  expect(steps).toMatchObject([{ action: "create", what: `folder ${folder.path}/store` }]);
  await expect(openStore(url, "read")).rejects.toMatchObject({ code: "not-a-store" });
  for (const step of [...steps, ...steps]) await step.apply();
  expect(await planProvision(url)).toStrictEqual([]);
  await (await openStore(url, "write")).close();
});

test("memory needs nothing", async () => {
  expect(await planProvision("memory:provision")).toStrictEqual([]);
  expect(await probePlace("memory:provision", { mode: "write" })).toMatchObject([{ ok: true }]);
});

test("the probe of a folder with a store finds all well", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${folder.path}/store`;
  await (await openStore(url, "create")).close();
  const findings = await probePlace(url, { mode: "write" });
  expect(findings.map(({ what, ok }) => [what, ok])).toStrictEqual([
    ["folder", true],
    ["permissions", true],
    ["file system", true],
    ["free space", true],
    ["store", true],
  ]);
});

test("the probe of a folder that is not there says how to make it, and makes nothing", async () => {
  await using folder = await temporaryFolder();
  const findings = await probePlace(`lmdb:${folder.path}/a/b`, { mode: "write" });
  expect(findings[0]).toStrictEqual({
    what: "folder",
    found: `there is none, nearest is ${folder.path}`,
    ok: false,
    remedy: expect.stringContaining("init"),
  });
  expect(findings.map(({ what }) => what)).not.toContain("store");
  await mkdir(`${folder.path}/a`);
});

test("the probe of a folder that holds something else says so", async () => {
  await using folder = await temporaryFolder();
  await writeFile(`${folder.path}/notes.txt`, "mine");
  const findings = await probePlace(`lmdb:${folder.path}`, { mode: "read" });
  expect(findings.at(-1)).toMatchObject({ what: "store", ok: false, remedy: expect.any(String) });
});

test("a hybrid store keeps records and tables in one place, blobs in the other", async () => {
  await using folder = await temporaryFolder();
  const [refs, blobs] = [`lmdb:${folder.path}/refs`, `lmdb:${folder.path}/blobs`];
  const key = toKey("mine");
  {
    await using store = await openStore(`hybrid:${refs},${blobs}`, "create");
    await store.blobs.putNew(key, Uint8Array.of(1));
    await store.refs.compareAndSet(key, undefined, Uint8Array.of(2));
  }
  await using refStore = await openStore(refs, "read");
  await using blobStore = await openStore(blobs, "read");
  expect(await refStore.blobs.get(key)).toBeUndefined();
  expect((await refStore.refs.read(key))?.value).toStrictEqual(Uint8Array.of(2));
  expect(await blobStore.blobs.get(key)).toStrictEqual(Uint8Array.of(1));
  expect(await blobStore.refs.read(key)).toBeUndefined();
});

test("a hybrid store is made once; one that is half there is finished", async () => {
  await using folder = await temporaryFolder();
  const [refs, blobs] = [`lmdb:${folder.path}/refs`, `lmdb:${folder.path}/blobs`];
  const url = `hybrid:${refs},${blobs}`;
  await (await openStore(refs, "create")).close();
  await expect(openStore(url, "write")).rejects.toMatchObject({ code: "not-a-store" });
  await (await openStore(url, "create")).close();
  await expect(openStore(url, "create")).rejects.toMatchObject({ code: "conflict" });
  await (await openStore(url, "write")).close();
});

test("a hybrid place is provisioned and probed part by part", async () => {
  await using folder = await temporaryFolder();
  const url = `hybrid:lmdb:${folder.path}/refs,lmdb:${folder.path}/blobs`;
  const steps = await planProvision(url);
  expect(steps.map(({ what }) => what)).toStrictEqual([
    `refs: folder ${folder.path}/refs`,
    `blobs: folder ${folder.path}/blobs`,
  ]);
  for (const step of steps) await step.apply();
  expect(await planProvision(url)).toStrictEqual([]);
  const findings = await probePlace(url, { mode: "write" });
  expect(findings.map(({ what }) => what)).toStrictEqual(
    expect.arrayContaining(["refs: store", "blobs: store"]),
  );
  expect(findings.filter(({ ok }) => !ok)).toStrictEqual([]);
});

test("a hybrid store is as lasting as its records", async () => {
  await using folder = await temporaryFolder();
  const url = `hybrid:memory:hybrid refs,memory:hybrid blobs`;
  await using opened = await openPredictions(url, "read");
  expect(await opened.predictions.labels()).toHaveLength(2);
  const lasting = `hybrid:lmdb:${folder.path}/refs,memory:`;
  await expect(openPredictions(lasting, "read")).rejects.toMatchObject({ code: "not-a-store" });
});

test.each(["hybrid:lmdb:a", "hybrid:hybrid:lmdb:a,lmdb:b,lmdb:c", "hybrid:lmdb:,lmdb:b"])(
  "%s is no store",
  async (url) => {
    await expect(openStore(url, "read")).rejects.toMatchObject({ code: "invalid-store-url" });
  },
);

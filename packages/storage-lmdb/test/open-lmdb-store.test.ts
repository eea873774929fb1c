import { cp, mkdir, readFile, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { open } from "lmdb";
import { expect, test } from "vitest";
import { toKey, type Key } from "@foretile/storage";
import { createVirtualClock, temporaryFolder } from "@foretile/testkit";
import { openLmdbStore, type LmdbStoreMode } from "../src/index.ts";

const key = toKey("key");
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** How opening ends: `ok`, or the code of the error. */
async function outcome(path: string, mode: LmdbStoreMode): Promise<string> {
  try {
    const store = await openLmdbStore({ path, mode });
    await store.close();
    return "ok";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

async function makeStore(path: string, blobs: readonly Key[] = []): Promise<void> {
  await using store = await openLmdbStore({ path, mode: "create" });
  for (const name of blobs) await store.blobs.putNew(name, new Uint8Array(50_000).fill(7));
}

/** Changes a closed store as another program would. */
async function changeMarker(path: string, marker: string): Promise<void> {
  const root = open({ path, noSubdir: false, overlappingSync: false, maxDbs: 8 });
  const meta = root.openDB("meta", { encoding: "binary", keyEncoding: "binary" });
  await meta.put(Buffer.from("store"), Buffer.from(marker));
  await root.close();
}

test("create makes the folder and those above it, and refuses a second time", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a", "b.c", "store");
  expect(await outcome(path, "create")).toBe("ok");
  expect(await outcome(path, "create")).toBe("conflict");
  expect(await outcome(path, "write")).toBe("ok");
});

test("what is missing is no store, and the message says how to make one", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "missing");
  await expect(openLmdbStore({ path, mode: "write" })).rejects.toMatchObject({
    code: "not-a-store",
    message: expect.stringContaining(`foretile init --store lmdb:${path}`),
  });
  expect(await outcome(path, "read")).toBe("not-a-store");
  expect(await outcome(folder.path, "write")).toBe("not-a-store");
  await expect(stat(join(folder.path, "data.mdb"))).rejects.toThrow("ENOENT");
});

test("a file, a folder of other things and files of another kind are no store", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "file");
  await writeFile(file, "text");
  for (const mode of ["create", "write", "read"] as const) {
    expect(await outcome(file, mode)).toBe("not-a-store");
    expect(await outcome(join(file, "below"), mode)).toBe("not-a-store");
    expect(await outcome(folder.path, mode)).toBe("not-a-store");
  }
  const data = join(folder.path, "other", "data.mdb");
  await mkdir(join(folder.path, "other"));
  for (const content of ["x", "garbage ".repeat(2_000), "\0".repeat(20_000)]) {
    await writeFile(data, content);
    expect(await outcome(join(folder.path, "other"), "write")).toBe("not-a-store");
    expect(await readFile(data, "latin1")).toBe(content);
  }
});

test("an LMDB database of another program is no store and is left alone", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const foreign = open({ path, noSubdir: false, overlappingSync: false, maxDbs: 8 });
  await foreign.openDB({ name: "meta" }).put("store", { kind: "other" });
  await foreign.openDB({ name: "theirs" }).put("a", 1);
  await foreign.close();
  const before = await readFile(join(path, "data.mdb"));
  for (const mode of ["create", "write", "read"] as const) {
    expect(await outcome(path, mode)).toBe("not-a-store");
  }
  expect(Buffer.compare(await readFile(join(path, "data.mdb")), before)).toBe(0);
});

test("a marker of a newer format, and a spoilt one, are told apart", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await makeStore(path);
  await changeMarker(path, '{"kind":"foretile","format":2,"more":"of the future"}');
  for (const mode of ["write", "read"] as const) {
    expect(await outcome(path, mode)).toBe("format-too-new");
  }
  for (const marker of ['{"kind":"other","format":1}', "not json", '{"kind":"foretile"}', "null"]) {
    await changeMarker(path, marker);
    expect(await outcome(path, "write")).toBe("not-a-store");
  }
});

test("creation that was cut off is taken up again", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await writeFile(join(path, "data.mdb"), "");
  expect(await outcome(path, "write")).toBe("not-a-store");
  const root = open({ path, noSubdir: false, overlappingSync: false, maxDbs: 8 });
  root.openDB({ name: "blobs", encoding: "binary", keyEncoding: "binary" });
  await root.close();
  expect(await outcome(path, "write")).toBe("not-a-store");
  expect(await outcome(path, "create")).toBe("ok");
  expect(await outcome(path, "write")).toBe("ok");
});

test("a file that was cut off is damaged, wherever the cut is", async () => {
  await using folder = await temporaryFolder();
  const whole = join(folder.path, "whole");
  await makeStore(
    whole,
    Array.from({ length: 20 }, (_, index) => toKey(`blob/${index}`)),
  );
  const { size } = await stat(join(whole, "data.mdb"));
  const cut = join(folder.path, "cut");
  const codes = new Set<string>();
  // 8 192 bytes are the head: less of it is no store at all, or a store whose second meta page is damaged.
  for (let bytes = 8_192; bytes < size; bytes += Math.floor(size / 50)) {
    await cp(whole, cut, { recursive: true, force: true });
    await truncate(join(cut, "data.mdb"), bytes);
    codes.add(await outcome(cut, "read"));
  }
  await truncate(join(cut, "data.mdb"), 100);
  codes.add(await outcome(cut, "read"));
  expect([...codes].sort()).toEqual(["damaged", "not-a-store"]);
});

test("a file that lacks only pages nobody uses opens, and gets its length", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await makeStore(path, [key]);
  // As after a transaction that took 100 pages at the end of the file and gave them back.
  const file = join(path, "data.mdb");
  const data = await readFile(file);
  const pageBytes = data.readUInt32LE(48);
  for (const lastPage of [144, pageBytes + 144]) {
    data.writeBigUInt64LE(data.readBigUInt64LE(lastPage) + 100n, lastPage);
  }
  await writeFile(file, data);

  await using store = await openLmdbStore({ path, mode: "write" });
  expect((await stat(file)).size).toBe(data.length + 100 * pageBytes);
  expect((await store.blobs.get(key))?.length).toBe(50_000);
  await store.blobs.putNew(toKey("more"), new Uint8Array(1_000_000));
  expect((await store.blobs.get(toKey("more")))?.length).toBe(1_000_000);
});

test("a spoilt second meta page is damage", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await makeStore(path);
  const data = await readFile(join(path, "data.mdb"));
  const pageBytes = data.readUInt32LE(48);
  data.fill(0xff, pageBytes, pageBytes + 200);
  await writeFile(join(path, "data.mdb"), data);
  expect(await outcome(path, "write")).toBe("damaged");
});

test("a store opened for reading sees writes and refuses its own", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await using writer = await openLmdbStore({ path, mode: "create" });
  await using reader = await openLmdbStore({ path, mode: "read" });
  await writer.blobs.putNew(key, text("bytes"));
  expect(await reader.blobs.get(key)).toEqual(text("bytes"));

  const readOnly = { code: "read-only" };
  await expect(reader.blobs.putNew(key, text("bytes"))).rejects.toMatchObject(readOnly);
  await expect(reader.blobs.deleteMany([key])).rejects.toMatchObject(readOnly);
  await expect(reader.refs.compareAndSet(key, undefined, text("v"))).rejects.toMatchObject(
    readOnly,
  );
  await expect(reader.table("t").setFamily("f", {})).rejects.toMatchObject(readOnly);
  const statuses = await reader
    .table("t")
    .mutateRows([{ key, mutations: [{ type: "delete-row" }] }]);
  expect(statuses).toMatchObject([{ key, ok: false, error: readOnly }]);
});

test("stores on one folder share it: the first to close leaves the others open", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "store");
  const first = await openLmdbStore({ path, mode: "create" });
  await symlink(path, join(folder.path, "link"));
  const second = await openLmdbStore({ path: join(folder.path, "link"), mode: "write" });
  expect(await outcome(path, "create")).toBe("conflict");

  const putting = [first, second].map(({ blobs }) => blobs.putNew(key, text("same")));
  await Promise.all([...putting, first.close()]);
  await expect(first.blobs.get(key)).rejects.toMatchObject({ code: "closed" });
  expect(await second.blobs.get(key)).toEqual(text("same"));

  // Opened again while the last one closes.
  const [, third] = await Promise.all([second.close(), openLmdbStore({ path, mode: "read" })]);
  expect(await third.blobs.get(key)).toEqual(text("same"));
  await third.close();
});

test("a folder is opened while this thread writes to it, without waiting for itself", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await using store = await openLmdbStore({ path, mode: "create" });
  const done = new AbortController();
  async function keepWriting(): Promise<number> {
    for (let written = 0; ; written += 1) {
      if (done.signal.aborted) return written;
      await store.blobs.putNew(toKey(`blob/${written}`), text("bytes"));
    }
  }
  const writing = keepWriting();
  for (let round = 0; round < 20; round += 1) expect(await outcome(path, "write")).toBe("ok");
  done.abort();
  expect(await writing).toBeGreaterThan(0);
});

test("the clock decides the age of cells", async () => {
  await using folder = await temporaryFolder();
  const clock = createVirtualClock({ startMs: 1_000_000 });
  await using store = await openLmdbStore({ path: folder.path, mode: "create", clock });
  const table = store.table("t");
  await table.setFamily("f", { maxAgeMs: 50 });
  const cell = { family: "f", qualifier: "q", timestampMicros: 1_000_000_000, value: text("v") };
  await table.mutateRows([{ key, mutations: [{ type: "set-cell", ...cell }] }]);
  async function rows(): Promise<number> {
    let count = 0;
    for await (const batch of table.readRows({})) count += batch.length;
    return count;
  }
  expect(await rows()).toBe(1);
  await clock.advance(51);
  expect(await rows()).toBe(0);
});

test("superseded cells leave the database with the next write of their column", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const store = await openLmdbStore({ path, mode: "create" });
  const table = store.table("t");
  await table.setFamily("f", { maxVersions: 2 });
  for (let time = 1; time <= 10; time += 1) {
    const set = { type: "set-cell", family: "f", qualifier: "q", value: text(`${time}`) } as const;
    await table.mutateRows([{ key, mutations: [{ ...set, timestampMicros: time * 1_000 }] }]);
  }
  await store.close();
  const root = open({ path, noSubdir: false, overlappingSync: false, maxDbs: 8 });
  const cells = root.openDB("cells", { encoding: "binary", keyEncoding: "binary" });
  expect(cells.getKeysCount()).toBe(2);
  await root.close();
});

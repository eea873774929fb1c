import { expect, test } from "vitest";
import { toKey } from "@foretile/storage";
import { createSeededRandom, createVirtualClock } from "@foretile/testkit";
import { openBigtableStore, probeBigtable } from "../../../src/index.ts";
import { startRawClient } from "./raw-client.ts";
import { temporaryStores } from "./temporary-stores.ts";

/*
 * The bytes of docs/formats/bigtable-layout-v1.md. They never change: a change of the layout is a new format beside this
 * one.
 */
const stores = await temporaryStores();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("a store of format 1 is these cells", async () => {
  const place = stores.place();
  await using raw = await startRawClient(place);
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const random = createSeededRandom(1);
  await using store = await openBigtableStore({
    ...place,
    mode: "create",
    clock,
    random,
    layers: false,
  });
  const large = Uint8Array.from({ length: 2 ** 20 + 3 }, (_, index) => index % 251);
  await store.blobs.putNew(toKey("blob/empty"), new Uint8Array(0));
  await store.blobs.putNew(toKey("blob/large"), large);
  await store.blobs.putNew(toKey("blob/small"), bytes("hello"));
  const created = await store.refs.compareAndSet(toKey("ref/a"), undefined, bytes("first"));
  const token = created.swapped ? created.token : undefined;
  await store.refs.compareAndSet(toKey("ref/a"), token, bytes("second"));
  const table = store.table("low");
  // The service removes old cells while the test runs: this rule keeps those below for a hundred years.
  await table.setFamily("p", { maxVersions: 2, maxAgeMs: 3_153_600_000_000 });
  await table.mutateRows([
    {
      key: toKey("BTC#1779710400#000042"),
      mutations: [
        {
          type: "set-cell",
          family: "p",
          qualifier: "d",
          timestampMicros: 1_779_710_400_000_000,
          value: bytes("raw"),
        },
      ],
    },
  ]);

  expect(await raw.families(`${place.prefix}.blobs`)).toEqual({ l: null, p: null });
  expect(await raw.families(`${place.prefix}.refs`)).toEqual({ m: null, r: null });
  expect(await raw.families(`${place.prefix}_low`)).toEqual({
    p: {
      union: { rules: [{ maxNumVersions: 2 }, { maxAge: { seconds: "3153600000", nanos: 0 } }] },
    },
  });
  expect(await raw.cells(`${place.prefix}.blobs`)).toEqual([
    "blob/empty l:n@0 0000000000000000",
    "blob/large l:n@0 0000000000100003",
    `blob/large p:0000@0 ${Buffer.from(large.subarray(0, 32)).toString("hex")}… 1048576`,
    `blob/large p:0001@0 ${Buffer.from(large.subarray(2 ** 20)).toString("hex")}`,
    "blob/small l:n@0 0000000000000005",
    "blob/small p:0000@0 68656c6c6f",
  ]);
  const now = (await store.refs.read(toKey("ref/a")))?.token ?? "";
  expect(now).toMatch(/^01hf7yat00[0-9a-z]{16}$/);
  expect(await raw.cells(`${place.prefix}.refs`)).toEqual([
    ` store m:d@0 ${Buffer.from('{"kind":"foretile","format":1}').toString("hex")}`,
    `ref/a r:t@0 ${Buffer.from(now).toString("hex")}`,
    `ref/a r:v@0 ${Buffer.from("second").toString("hex")}`,
  ]);
  expect(await raw.cells(`${place.prefix}_low`)).toEqual([
    "BTC#1779710400#000042 p:d@1779710400000000 726177",
  ]);
});

const marker = (document: unknown): Uint8Array => bytes(JSON.stringify(document));

test.each([
  ["a newer format", marker({ kind: "foretile", format: 2 }), "format-too-new"],
  ["another kind", marker({ kind: "other", format: 1 }), "not-a-store"],
  ["something else than a document", bytes("hello"), "not-a-store"],
])("a place with a marker of %s is refused", async (_, value, code) => {
  const place = stores.place();
  await using raw = await startRawClient(place);
  await (await stores.open({ ...place })).close();
  await raw.setCell(`${place.prefix}.refs`, " store", "m", "d", value);
  for (const mode of ["read", "write"] as const) {
    await expect(openBigtableStore({ ...place, mode })).rejects.toMatchObject({ code });
  }
});

test("a store is made once", async () => {
  const place = stores.place();
  await using store = await openBigtableStore({ ...place, mode: "create" });
  await store.blobs.putNew(toKey("k"), bytes("x"));
  await expect(openBigtableStore({ ...place, mode: "create" })).rejects.toMatchObject({
    code: "conflict",
  });
  expect(await store.blobs.get(toKey("k"))).toEqual(bytes("x"));
});

test("nothing is opened where nothing is, nor with a malformed prefix", async () => {
  const place = stores.place();
  for (const mode of ["read", "write"] as const) {
    await expect(openBigtableStore({ ...place, mode })).rejects.toMatchObject({
      code: "not-a-store",
    });
  }
  for (const prefix of ["", "-a", "a.b", "a".repeat(18), "a/b"]) {
    await expect(openBigtableStore({ ...place, prefix, mode: "create" })).rejects.toMatchObject({
      code: "invalid-argument",
    });
  }
});

test("a store that is opened for reading refuses writes", async () => {
  const place = stores.place();
  await (await openBigtableStore({ ...place, mode: "create" })).close();
  await using store = await openBigtableStore({ ...place, mode: "read" });
  const readOnly = { code: "read-only" };
  const key = toKey("k");
  await expect(store.blobs.putNew(key, bytes("x"))).rejects.toMatchObject(readOnly);
  await expect(store.blobs.deleteMany([key])).rejects.toMatchObject(readOnly);
  await expect(store.refs.compareAndSet(key, undefined, bytes("x"))).rejects.toMatchObject(
    readOnly,
  );
  await expect(store.table("t").setFamily("f", {})).rejects.toMatchObject(readOnly);
  const mutation = { key, mutations: [{ type: "delete-row" as const }] };
  expect(await store.table("t").mutateRows([mutation])).toMatchObject([
    { ok: false, error: readOnly },
  ]);
  expect(await store.blobs.get(key)).toBeUndefined();
});

test("a probe leaves nothing behind", async () => {
  const place = stores.place();
  await using raw = await startRawClient(place);
  await (await openBigtableStore({ ...place, mode: "create" })).close();
  const before = await raw.cells(`${place.prefix}.refs`);
  await probeBigtable(place);
  expect(await raw.cells(`${place.prefix}.refs`)).toEqual(before);
  expect(await raw.cells(`${place.prefix}.blobs`)).toEqual([]);
});

test("older cells that the service has not removed are neither read nor compared", async () => {
  const place = stores.place();
  await using raw = await startRawClient(place);
  await using store = await openBigtableStore({ ...place, mode: "create" });
  const key = toKey("ref");
  const created = await store.refs.compareAndSet(key, undefined, bytes("now"));
  const token = created.swapped ? created.token : undefined;
  const refs = `${place.prefix}.refs`;
  // A cell with a later time is the newest one; the token that the store wrote is then an older cell.
  await raw.setCell(refs, key, "r", "t", bytes("z".repeat(26)), 1_000);
  expect(await store.refs.compareAndSet(key, token, bytes("next"))).toEqual({ swapped: false });
  expect((await store.refs.read(key))?.token).toBe("z".repeat(26));
});

import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { open } from "lmdb";
import { expect, test } from "vitest";
import { toKey, type RefToken } from "@foretile/storage";
import { createInstantClock, temporaryFolder } from "@foretile/testkit";
import { openLmdbStore } from "../src/index.ts";

/*
 * `golden/store-v1.mdb` is the `data.mdb` of a store of format 1, made once. Every later release opens it. Never make it
 * anew: a change that cannot read it is a new format.
 */
async function copyGolden(folder: string): Promise<void> {
  const golden = fileURLToPath(new URL("golden/store-v1.mdb", import.meta.url));
  await copyFile(golden, join(folder, "data.mdb"));
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

test("a store of format 1 is read in full", async () => {
  await using folder = await temporaryFolder();
  await copyGolden(folder.path);
  const clock = createInstantClock({ startMs: 1_700_000_000_000 });
  await using store = await openLmdbStore({ path: folder.path, mode: "write", clock });

  const listed = [];
  for await (const batch of store.blobs.list({})) listed.push(...batch);
  expect(listed).toEqual([
    { key: "blob/empty", length: 0 },
    { key: "blob/large", length: 10_000 },
    { key: "blob/small", length: 5 },
  ]);
  const large = Uint8Array.from({ length: 10_000 }, (_, index) => (index * 7) % 256);
  expect(await store.blobs.get(toKey("blob/large"))).toEqual(large);
  expect(text(await store.blobs.get(toKey("blob/small")))).toBe("hello");

  const ref = await store.refs.read(toKey("ref/a"));
  expect([text(ref?.value), ref?.token]).toEqual(["second", "3"]);
  expect(await store.refs.read(toKey("ref/b"))).toBeUndefined();
  const next = await store.refs.compareAndSet(toKey("ref/b"), undefined, new Uint8Array(0));
  expect(next).toEqual({ swapped: true, token: "4" as RefToken });

  const table = store.table("predictions");
  expect([...(await table.families())]).toEqual([
    ["p", {}],
    ["s", { maxVersions: 2, maxAgeMs: 31_536_000_000_000 }],
  ]);
  const rows: string[] = [];
  for await (const batch of table.readRows({})) {
    for (const { key, cells } of batch) {
      for (const { family, qualifier, timestampMicros, value } of cells) {
        rows.push(`${key} ${family}:${qualifier}@${timestampMicros}=${text(value)}`);
      }
    }
  }
  expect(rows).toEqual([
    "BTC#1512475200#000012 p:@3000=no qualifier",
    "BTC#1512475200#000012 p:d@2000=new",
    "BTC#1512475200#000012 p:d@1000=old",
    "BTC#1512475200#000012 s:crps@1700000000000000=1.5",
    "BTC#1512475200#000013 p:d@9007199254740000=last",
  ]);
});

test("the records of format 1 are these bytes", async () => {
  await using folder = await temporaryFolder();
  await copyGolden(folder.path);
  const root = open({ path: folder.path, noSubdir: false, overlappingSync: false, maxDbs: 8 });
  const records = (name: string): readonly string[] => {
    const database = root.openDB<Buffer, Buffer>(name, {
      encoding: "binary",
      keyEncoding: "binary",
    });
    return [...database.getRange()].map(
      ({ key, value }) =>
        `${key.toString("latin1").replaceAll("\0", "|")} ${value.subarray(0, 32).toString("hex")}`,
    );
  };
  expect(records("meta")).toEqual([
    "ref-sequence 0300000000000000",
    `store ${Buffer.from('{"kind":"foretile","format":1}').toString("hex")}`,
  ]);
  expect(records("blob-lengths")).toEqual([
    "blob/empty 0000000000000000",
    "blob/large 1027000000000000",
    "blob/small 0500000000000000",
  ]);
  expect(records("blobs")[2]).toBe("blob/small 68656c6c6f");
  expect(records("refs")).toEqual(["ref/a 03000000000000007365636f6e64"]);
  expect(records("families")).toEqual([
    "other|p 00000000000000000000000000000000",
    "predictions|p 00000000000000000000000000000000",
    "predictions|s 020000000000000000e0138cae1c0000",
  ]);
  // 2^53 − 1 − 3 000 microseconds, big-endian, ends the key.
  const time = Buffer.from("001ffffffffff447", "hex").toString("latin1").replaceAll("\0", "|");
  expect(records("cells")[0]).toBe(
    `predictions|BTC#1512475200#000012|p||${time} ${Buffer.from("no qualifier").toString("hex")}`,
  );
  await root.close();
});

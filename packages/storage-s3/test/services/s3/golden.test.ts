import { readFile } from "node:fs/promises";
import { afterAll, expect, test } from "vitest";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { toKey, type Row, type Store } from "@foretile/storage";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { s3Service } from "@foretile/testkit/services";
import { openBareS3Store, type S3StoreOptions } from "../../../src/index.ts";
import { cephTraits, reach } from "./service-stores.ts";

/*
 * `golden/store-v1.json` holds the objects of a store of format 1 by name, in base64, made once. Every later release
 * reads it, and this one writes it. Never make it anew: a change that cannot read it is a new format.
 */
type GoldenObjects = Readonly<Record<string, { readonly crc32?: string; readonly bytes: string }>>;

const golden = JSON.parse(
  await readFile(new URL("../../golden/store-v1.json", import.meta.url), "utf8"),
) as GoldenObjects;

const service = await s3Service();
afterAll(() => service[Symbol.asyncDispose]());
const { endpoint, region, accessKeyId, secretAccessKey } = service;
const bucket = await service.createBucket();
const client = new S3Client({
  endpoint,
  region,
  credentials: { accessKeyId, secretAccessKey },
  forcePathStyle: true,
});
afterAll(() => client.destroy());

function optionsOf(prefix: string): Omit<S3StoreOptions, "mode"> {
  return {
    ...reach(service),
    bucket,
    prefix,
    traits: cephTraits,
    clock: createInstantClock({ startMs: 1_700_000_000_000 }),
    random: createSeededRandom(20_171_205),
  };
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

async function fill(store: Store): Promise<void> {
  await store.blobs.putNew(toKey("blob/empty"), new Uint8Array(0));
  await store.blobs.putNew(toKey("blob/..\\[small]"), bytesOf("hello"));
  const a = toKey("ref/a");
  const first = await store.refs.compareAndSet(a, undefined, bytesOf("first"));
  await store.refs.compareAndSet(a, first.swapped ? first.token : undefined, bytesOf("second"));
  const b = toKey("ref/b");
  const gone = await store.refs.compareAndSet(b, undefined, new Uint8Array(0));
  await store.refs.compareAndSet(b, gone.swapped ? gone.token : undefined, undefined);
  const table = store.table("predictions");
  await table.setFamily("s", { maxVersions: 2, maxAgeMs: 31_536_000_000_000 });
  await table.setFamily("p", {});
  const set = { type: "set-cell", family: "p", qualifier: "d" } as const;
  await table.mutateRows([
    {
      key: toKey("BTC#1512475200#000012"),
      mutations: [
        { ...set, timestampMicros: 1_000, value: bytesOf("old") },
        { ...set, timestampMicros: 2_000, value: bytesOf("new") },
        {
          ...set,
          family: "s",
          qualifier: "",
          timestampMicros: 9_007_199_254_740_000,
          value: bytesOf("1.5"),
        },
      ],
    },
  ]);
}

test("a store of format 1 is read in full", async () => {
  for (const [name, { crc32, bytes }] of Object.entries(golden)) {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `read/${name}`,
        Body: Buffer.from(bytes, "base64"),
        ...(crc32 === undefined ? {} : { Metadata: { crc32 } }),
      }),
    );
  }
  await using store = await openBareS3Store({ ...optionsOf("read"), mode: "write" });
  const listed = [];
  for await (const batch of store.blobs.list({})) listed.push(...batch);
  expect(listed).toEqual([
    { key: "blob/..\\[small]", length: 5 },
    { key: "blob/empty", length: 0 },
  ]);
  expect(textOf(await store.blobs.get(toKey("blob/..\\[small]")))).toBe("hello");
  const a = await store.refs.read(toKey("ref/a"));
  expect(textOf(a?.value)).toBe("second");
  expect(await store.refs.read(toKey("ref/b"))).toBeUndefined();
  const table = store.table("predictions");
  expect([...(await table.families())]).toEqual([
    ["p", {}],
    ["s", { maxVersions: 2, maxAgeMs: 31_536_000_000_000 }],
  ]);
  const rows: Row[] = [];
  for await (const batch of table.readRows({})) rows.push(...batch);
  expect(
    rows.flatMap(({ key, cells }) =>
      cells.map(
        ({ family, qualifier, timestampMicros, value }) =>
          `${key} ${family}:${qualifier}@${timestampMicros}=${textOf(value)}`,
      ),
    ),
  ).toEqual([
    "BTC#1512475200#000012 p:d@2000=new",
    "BTC#1512475200#000012 p:d@1000=old",
    "BTC#1512475200#000012 s:@9007199254740000=1.5",
  ]);
  // And goes on from there.
  expect(await store.refs.compareAndSet(toKey("ref/b"), undefined, bytesOf("b"))).toMatchObject({
    swapped: true,
  });
  expect(await store.refs.compareAndSet(toKey("ref/a"), a?.token, bytesOf("c"))).toMatchObject({
    swapped: true,
  });
});

test("the same calls write the same bytes", async () => {
  await using store = await openBareS3Store({ ...optionsOf("write"), mode: "create" });
  await fill(store);
  const written: Record<string, { readonly crc32?: string; readonly bytes: string }> = {};
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: "write/" }),
  );
  for (const { Key = "" } of Contents) {
    const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    const crc32 = object.Metadata?.["crc32"];
    written[Key.slice("write/".length)] = {
      ...(crc32 === undefined ? {} : { crc32 }),
      bytes: (await object.Body?.transformToString("base64")) ?? "",
    };
  }
  expect(written).toEqual(golden);
});

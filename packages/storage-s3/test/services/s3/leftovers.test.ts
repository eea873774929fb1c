import { afterAll, expect, test } from "vitest";
import {
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  S3Client,
  type HeadObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { systemClock } from "@foretile/resilience/system";
import { toKey } from "@foretile/storage";
import { createSeededRandom } from "@foretile/testkit";
import { s3Service } from "@foretile/testkit/services";
import { abortOldUploads } from "../../../src/abort-stale-uploads.ts";
import { openS3Store, type RemoteS3StoreOptions } from "../../../src/index.ts";
import { createS3Records } from "../../../src/s3-records.ts";
import { visitPlace, type Visit } from "../../../src/visit-place.ts";
import { cephTraits, reach } from "./service-stores.ts";

/*
 * What is left over goes by its age on the server's clock, which no test can wait for: here the clock is said to be an
 * hour ahead. Everything else is the real server.
 */
const HOUR_MS = 3_600_000;

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

function placeOf(prefix: string): RemoteS3StoreOptions {
  return { ...reach(service), bucket, prefix, mode: "create", traits: cephTraits };
}

function head(Key: string): Promise<HeadObjectCommandOutput> {
  return client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
}

function hourAhead({ requests }: Visit): number | undefined {
  const nowMs = requests.serverNowMs();
  return nowMs === undefined ? undefined : nowMs + HOUR_MS;
}

test("tombstones that are old go, also when a record was created again meanwhile", async () => {
  const place = placeOf("tombstones");
  await using store = await openS3Store(place);
  const value = new Uint8Array([1]);
  for (const key of ["gone", "again", "there"].map((name) => toKey(name))) {
    await store.refs.compareAndSet(key, undefined, value);
  }
  for (const key of ["gone", "again"].map((name) => toKey(name))) {
    await store.refs.compareAndSet(key, (await store.refs.read(key))?.token, undefined);
  }
  expect((await head("tombstones/r/gone")).ContentLength).toBe(404);

  await visitPlace(place, async (visit) => {
    const { objects } = visit;
    const { entries: listed } = await objects.list("tombstones/r/", undefined, 10);
    const records = createS3Records({
      objects,
      prefix: "tombstones/",
      traits: cephTraits,
      clock: systemClock,
      random: createSeededRandom(1),
      serverNowMs: () => hourAhead(visit),
    });
    const again = toKey("again");
    await store.refs.compareAndSet(again, undefined, value);
    // Ceph compares whole seconds, and the new object may be of the same one.
    const entries = listed.map((entry) =>
      entry.name.endsWith("again") ? { ...entry, modified: secondsBefore(entry.modified) } : entry,
    );
    await records.sweep(entries, undefined);
    expect((await store.refs.read(again))?.value).toEqual(value);
    expect((await store.refs.read(toKey("there")))?.value).toEqual(value);
    await expect(head("tombstones/r/gone")).rejects.toMatchObject({ name: "NotFound" });
  });
});

test("uploads that are old are thrown away, those elsewhere and young ones stay", async () => {
  for (const Key of ["uploads/b/one", "elsewhere/b/two"]) {
    await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
  }
  await visitPlace(placeOf("uploads"), async (visit) => {
    expect(await abortOldUploads(visit, HOUR_MS / 2, undefined)).toEqual({ aborted: 0 });
    const requests = { ...visit.requests, serverNowMs: () => hourAhead(visit) };
    const late = { ...visit, requests };
    expect(await abortOldUploads(late, HOUR_MS / 2, undefined)).toEqual({ aborted: 1 });
    expect(await abortOldUploads(late, HOUR_MS / 2, undefined)).toEqual({ aborted: 0 });
  });
});

function secondsBefore(date: Date | undefined): Date | undefined {
  return date === undefined ? undefined : new Date(date.getTime() - 2_000);
}

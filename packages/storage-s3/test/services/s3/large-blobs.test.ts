import { afterAll, describe, expect, test } from "vitest";
import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { toKey, type Store } from "@foretile/storage";
import { storeConformance, type ConformanceRunner } from "@foretile/storage/conformance";
import { createHybridStore } from "@foretile/storage/hybrid";
import { openMemoryStore } from "@foretile/storage/memory";
import { s3Service } from "@foretile/testkit/services";
import { openS3Store, type RemoteS3StoreOptions } from "../../../src/index.ts";
import { startHostileProxy } from "../../doubles/hostile-proxy.ts";
import { createRequestCounter } from "./request-counter.ts";
import { reach } from "./service-stores.ts";

/* A bucket with versioning, where Ceph honours no condition: good for blobs, and those may be sent in parts. */

const service = await s3Service();
afterAll(() => service[Symbol.asyncDispose]());
const bucket = await service.createBucket({ versioned: true });
const partBytes = 5 * 2 ** 20;
let places = 0;

function place(more: Partial<RemoteS3StoreOptions> = {}): RemoteS3StoreOptions {
  places += 1;
  return {
    ...reach(service),
    bucket,
    prefix: `blobs/${places}`,
    mode: "create",
    contents: "blobs",
    traits: {
      conditions: "C",
      quoting: "unquoted",
      etag: "md5",
      conditionalMultipart: false,
      conditionalDelete: "none",
    },
    multipart: { thresholdBytes: partBytes, partBytes },
    ...more,
  };
}

async function openHybrid(): Promise<Store> {
  return createHybridStore({ refs: openMemoryStore(), blobs: await openS3Store(place()) });
}

/** What is of blobs, or of both stores. */
function aboutBlobs(runner: ConformanceRunner): ConformanceRunner {
  const chosen = /^(?:hybrid .*|blobs|blob listing|arguments|limits|cancellation|life)$/;
  return {
    ...runner,
    describe: (name, body) => (chosen.test(name) ? runner.describe(name, body) : undefined),
  };
}

storeConformance(aboutBlobs({ describe: describe.concurrent, test }), {
  name: "hybrid with s3",
  open: openHybrid,
});

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) % 251);
}

test.each(["ceph", "aws"] as const)("a large blob goes in parts, by profile %s", async (name) => {
  const counter = createRequestCounter();
  const profile =
    name === "ceph"
      ? name
      : ({
          pathStyle: true,
          checksum: "crc32",
          sdkChecksums: "WHEN_SUPPORTED",
          etagQuoting: "quoted",
        } as const);
  await using store = await openS3Store(place({ observe: counter.observe, profile }));
  counter.take();
  const bytes = pattern(2 * partBytes + 3);
  await store.blobs.putNew(toKey("large"), bytes);
  expect(counter.take()).toEqual({
    CreateMultipartUpload: 1,
    UploadPart: 3,
    CompleteMultipartUpload: 1,
  });
  expect(Buffer.compare((await store.blobs.get(toKey("large"))) ?? bytes.subarray(1), bytes)).toBe(
    0,
  );
  const range = { offset: partBytes - 2, length: 5 };
  expect(await store.blobs.get(toKey("large"), { range })).toEqual(
    bytes.slice(range.offset, range.offset + range.length),
  );
  await store.blobs.putNew(
    toKey("at the limit".replaceAll(" ", "-")),
    bytes.subarray(0, partBytes),
  );
  expect(counter.take()).toEqual({ GetObject: 2, PutObject: 1 });
});

test("an upload that fails leaves no parts, and no blob", async () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = service;
  await using proxy = await startHostileProxy({
    endpoint,
    strike: ({ path }) => (path.includes("partNumber=2") ? "fail" : undefined),
  });
  const at = place({ endpoint: proxy.endpoint, layers: { maxAttempts: 2, initialDelayMs: 1 } });
  await using store = await openS3Store(at);
  const key = toKey("large");
  await expect(store.blobs.putNew(key, pattern(2 * partBytes))).rejects.toMatchObject({
    code: "unavailable",
    retry: "unknown-outcome",
  });
  expect(await store.blobs.get(key)).toBeUndefined();
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
  const listed = await client.send(
    new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: `${at.prefix}/` }),
  );
  client.destroy();
  expect(listed.Uploads ?? []).toEqual([]);
});

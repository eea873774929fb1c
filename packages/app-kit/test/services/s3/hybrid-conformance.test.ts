import { storeConformance } from "@foretile/storage/conformance";
import { createHybridStore } from "@foretile/storage/hybrid";
import { openLmdbStore } from "@foretile/storage-lmdb";
import { openS3Store, type BucketTraits } from "@foretile/storage-s3";
import { temporaryFolder } from "@foretile/testkit";
import { s3Service } from "@foretile/testkit/services";
import { afterAll, describe, test, vi } from "vitest";

// Each case has a store of its own and waits for the server nearly all of its time: some run at once, each slower.
vi.setConfig({ testTimeout: 300_000 });
const folder = await temporaryFolder();
const s3 = await s3Service();
const bucket = await s3.createBucket();
afterAll(async () => {
  await s3[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** What the server's buckets do, so that it need not be found out for each store. */
const traits: BucketTraits = {
  conditions: "A",
  quoting: "unquoted",
  etag: "md5",
  conditionalMultipart: false,
  conditionalDelete: "unmodified-since",
};
let stores = 0;

storeConformance(
  { describe: describe.concurrent, test },
  {
    name: "records in LMDB, blobs in S3",
    open: async () => {
      stores += 1;
      const name = String(stores);
      const { endpoint, region, accessKeyId, secretAccessKey } = s3;
      const credentials = { accessKeyId, secretAccessKey };
      const place = { endpoint, region, credentials, profile: "ceph", bucket, traits } as const;
      return createHybridStore({
        refs: await openLmdbStore({ path: `${folder.path}/${name}`, mode: "create" }),
        blobs: await openS3Store({ ...place, prefix: name, mode: "create" }),
      });
    },
  },
);

import { createHybridStore } from "@foretile/storage/hybrid";
import { openBigtableStore } from "@foretile/storage-bigtable";
import { openLmdbStore } from "@foretile/storage-lmdb";
import { openS3Store, type BucketTraits } from "@foretile/storage-s3";
import type { Store } from "@foretile/storage";
import { temporaryFolder } from "@foretile/testkit";
import { bigtableService, s3Service } from "@foretile/testkit/services";
import { traceStoreConformance, type TracePromise } from "@foretile/trace-store/conformance";
import { afterAll, describe, test, vi } from "vitest";

// Each case has a store of its own and waits for the server nearly all of its time: some run at once, each slower.
vi.setConfig({ testTimeout: 300_000 });
const folder = await temporaryFolder();
const s3 = await s3Service();
const bucket = await s3.createBucket();
const { endpoint, project, instance, tablePrefix } = await bigtableService();
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

/** A name that no other store has. */
function nextName(): string {
  stores += 1;
  return String(stores);
}

function openS3(name: string): Promise<Store> {
  const { region, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const place = { endpoint: s3.endpoint, region, credentials, profile: "ceph", bucket } as const;
  return openS3Store({ ...place, traits, prefix: name, mode: "create" });
}

const backEnds: ReadonlyMap<string, () => Promise<Store>> = new Map([
  [
    "bigtable",
    () =>
      openBigtableStore({
        project,
        instance,
        emulatorHost: endpoint,
        prefix: tablePrefix.slice(0, 12) + nextName(),
        mode: "create",
      }),
  ],
  ["s3", () => openS3(nextName())],
  [
    "records in lmdb, blobs in s3",
    async () => {
      const name = nextName();
      return createHybridStore({
        refs: await openLmdbStore({ path: `${folder.path}/${name}`, mode: "create" }),
        blobs: await openS3(name),
      });
    },
  ],
]);

// What does not depend on how a store races, keeps and loses things is proven on LMDB.
const promises: ReadonlyMap<string, readonly TracePromise[]> = new Map([
  ["bigtable", ["appends", "writers", "damage"]],
  ["s3", ["writers", "damage"]],
  ["records in lmdb, blobs in s3", ["appends"]],
]);

for (const [name, open] of backEnds) {
  traceStoreConformance(
    { describe: describe.concurrent, test },
    { name, open, composition: { placement: "packs" }, promises: promises.get(name) },
  );
}

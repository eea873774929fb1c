import { afterAll } from "vitest";
import type { Store } from "@foretile/storage";
import { s3Service, type S3Service } from "@foretile/testkit/services";
import { openS3Store, type BucketTraits, type RemoteS3StoreOptions } from "../../../src/index.ts";

/** Stores on the S3 server for tests, each under a prefix of its own in one bucket that is deleted at the end. */
export interface ServiceStores {
  /** How to reach a place that nobody else has. */
  readonly place: (more?: Partial<RemoteS3StoreOptions>) => RemoteS3StoreOptions;
  readonly open: () => Promise<Store>;
  readonly reopen: (store: Store) => Promise<Store>;
}

/** What a bucket without versioning on Ceph RGW 16.2 does; `probe.test.ts` finds it out. */
export const cephTraits: BucketTraits = {
  conditions: "A",
  quoting: "unquoted",
  etag: "md5",
  conditionalMultipart: false,
  conditionalDelete: "unmodified-since",
};

export interface ServiceStoresOptions extends Partial<RemoteS3StoreOptions> {
  readonly versioned?: boolean;
}

export async function serviceStores(options: ServiceStoresOptions = {}): Promise<ServiceStores> {
  const { versioned = false, ...more } = options;
  const service = await s3Service();
  afterAll(() => service[Symbol.asyncDispose]());
  const bucket = await service.createBucket({ versioned });
  const places = new Map<Store, RemoteS3StoreOptions>();
  let count = 0;

  function place(own: Partial<RemoteS3StoreOptions> = {}): RemoteS3StoreOptions {
    count += 1;
    return {
      ...reach(service),
      bucket,
      prefix: `stores/${count}`,
      mode: "create",
      traits: cephTraits,
      ...more,
      ...own,
    };
  }

  async function open(): Promise<Store> {
    const at = place();
    const store = await openS3Store(at);
    places.set(store, at);
    return store;
  }

  return {
    place,
    open,
    reopen: async (store) => {
      const at = places.get(store);
      if (at === undefined) throw new Error("store is not one of these");
      await store.close();
      const again = await openS3Store({ ...at, mode: "write" });
      places.set(again, at);
      return again;
    },
  };
}

/** How the server is reached: endpoint, region, profile and keys. */
export function reach(
  service: S3Service,
): Pick<RemoteS3StoreOptions, "endpoint" | "region" | "profile" | "credentials"> {
  const { endpoint, region, accessKeyId, secretAccessKey } = service;
  return { endpoint, region, profile: "ceph", credentials: { accessKeyId, secretAccessKey } };
}

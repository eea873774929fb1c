import { afterAll, describe, expect, test, vi } from "vitest";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { systemClock } from "@foretile/resilience/system";
import { isStorageError, toKey, type Key, type Store } from "@foretile/storage";
import { storeConformance, type ConformanceRunner } from "@foretile/storage/conformance";
import { createSeededRandom } from "@foretile/testkit";
import { s3Service } from "@foretile/testkit/services";
import { openS3Store, type RemoteS3StoreOptions } from "../../../src/index.ts";
import {
  startHostileProxy,
  type HostileProxyOptions,
  type HttpFault,
  type ProxiedRequest,
} from "../../doubles/hostile-proxy.ts";
import { cephTraits, reach } from "./service-stores.ts";

// Cases of the suite run at once, each slower.
vi.setConfig({ testTimeout: 300_000 });
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

const anyFault: readonly HttpFault[] = [
  "slow",
  "fail",
  "slow-down",
  "reset",
  "lose-reply",
  "duplicate",
  "duplicate-slow-down",
  "truncate",
  "shorten",
  "garble",
  "wrong-etag",
];
/** After these it is known that nothing happened, or that it did: a record tells of what was delivered twice. */
const clearFaults: readonly HttpFault[] = ["slow", "slow-down", "duplicate", "duplicate-slow-down"];
const patient = { maxAttempts: 12, initialDelayMs: 2, maxDelayMs: 50 };
let places = 0;

/** Listings have no checksum: only TCP and TLS protect them from a byte that changes. */
function faultsOf({ path }: ProxiedRequest): readonly HttpFault[] {
  return path.includes("list-type=") ? anyFault.filter((fault) => fault !== "garble") : anyFault;
}

/** Makes a store on the server itself, and starts a bad network in front of it. */
async function openHostile(strike: (request: ProxiedRequest) => HttpFault | undefined): Promise<{
  readonly proxy: Awaited<ReturnType<typeof startHostileProxy>>;
  readonly place: RemoteS3StoreOptions;
}> {
  places += 1;
  const place: RemoteS3StoreOptions = {
    ...reach(service),
    bucket,
    prefix: `hostile/${places}`,
    mode: "create",
    traits: cephTraits,
    layers: patient,
  };
  await (await openS3Store(place)).close();
  const proxy = await startHostileProxy({ endpoint, strike });
  afterAll(() => proxy[Symbol.asyncDispose]());
  return { proxy, place: { ...place, endpoint: proxy.endpoint, mode: "write", probe: false } };
}

function chooser(seed: number, probability: number) {
  const random = createSeededRandom(seed);
  return (faults: readonly HttpFault[]): HttpFault | undefined =>
    random.nextUint32() / 2 ** 32 < probability
      ? faults[random.nextUint32() % faults.length]
      : undefined;
}

/** Writes of records: after a fault that leaves their outcome open, callers have to read back, which the suite does not. */
function changesRecord({ method, conditional, path }: ProxiedRequest): boolean {
  return method === "PUT" && conditional && !path.includes("/b/");
}

/** Leaves contracts out that would only make more requests of the same kinds. */
function chosenContracts(runner: ConformanceRunner): ConformanceRunner {
  const chosen = /^(?:s3 .*|blobs|blob listing|refs|ref races|row conditions)$/;
  return {
    ...runner,
    describe: (name, body) => (chosen.test(name) ? runner.describe(name, body) : undefined),
  };
}

storeConformance(chosenContracts({ describe: describe.concurrent, test }), {
  name: "s3 behind a bad network",
  open: async () => {
    const choose = chooser(20_171_205, 0.1);
    const { place } = await openHostile((request) =>
      choose(changesRecord(request) ? clearFaults : faultsOf(request)),
    );
    return openS3Store(place);
  },
});

const text = (bytes: Uint8Array | undefined): string =>
  new TextDecoder().decode(bytes ?? new Uint8Array());
const bytesOf = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Adds `id` to a list in a record until it is in it, reading back after unknown outcomes. */
async function append(store: Store, key: Key, id: string): Promise<void> {
  for (;;) {
    const ref = await store.refs.read(key);
    const ids = text(ref?.value).split(" ").filter(Boolean);
    if (ids.includes(id)) return;
    try {
      const next = bytesOf([...ids, id].join(" "));
      if ((await store.refs.compareAndSet(key, ref?.token, next)).swapped) return;
    } catch (error) {
      if (!isStorageError(error, "unavailable", "timeout")) throw error;
    }
  }
}

test("of what was acknowledged behind a bad network nothing is lost and nothing is wrong", async ({
  annotate,
}) => {
  const choose = chooser(7, 0.25);
  const { proxy, place } = await openHostile((request) => choose(faultsOf(request)));
  const stores = await Promise.all([1, 2, 3].map(() => openS3Store(place)));
  const keys = ["x", "y"].map((name) => toKey(name));
  const blobs = new Map<Key, Uint8Array>();
  const appended = new Map<Key, string[]>(keys.map((key) => [key, []]));
  let operations = 0;

  async function work(store: Store, worker: number): Promise<void> {
    for (let index = 0; index < 25; index += 1) {
      const id = `${worker}.${index}`;
      const key = keys[index % keys.length] ?? toKey("x");
      await append(store, key, id);
      appended.get(key)?.push(id);
      const blob = toKey(`blob/${id}`);
      const bytes = new Uint8Array(1_000 + index).fill(worker);
      await store.blobs.putNew(blob, bytes);
      blobs.set(blob, bytes);
      operations += 2;
    }
  }
  await Promise.all(stores.map(work));

  let wrong = 0;
  let lost = 0;
  for (const [blob, bytes] of blobs) {
    const there = await stores[0]?.blobs.get(blob);
    operations += 1;
    if (there === undefined) lost += 1;
    else if (Buffer.compare(there, bytes) !== 0) wrong += 1;
  }
  await using direct = await openS3Store({ ...place, endpoint, mode: "read" });
  for (const [key, ids] of appended) {
    const there = text((await direct.refs.read(key))?.value).split(" ");
    lost += ids.filter((id) => !there.includes(id)).length;
    // An id that is there twice was reported lost to one who had won.
    wrong += there.length - new Set(there).size;
  }
  for (const store of stores) await store.close();
  const struck = [...proxy.faults.values()].reduce((sum, count) => sum + count, 0);
  await annotate(
    `operations=${operations} requests=${proxy.requests()} faults=${struck} lost=${lost} wrong=${wrong} ${JSON.stringify(Object.fromEntries(proxy.faults))}`,
  );
  expect(anyFault.filter((fault) => !proxy.faults.has(fault))).toEqual([]);
  expect({ lost, wrong }).toEqual({ lost: 0, wrong: 0 });
});

test.each(["truncate", "shorten", "garble"] as const)(
  "a body that is damaged on the way by %s is never returned",
  async (fault) => {
    const { place, proxy } = await openHostile(({ method, path }) =>
      method === "GET" && /\/[br]\//.test(path) ? fault : undefined,
    );
    await using store = await openS3Store({
      ...place,
      layers: { maxAttempts: 2, initialDelayMs: 1 },
    });
    const key = toKey("a");
    await store.blobs.putNew(key, new Uint8Array(10_000).fill(1));
    await store.refs.compareAndSet(key, undefined, bytesOf("value"));
    await expect(store.blobs.get(key)).rejects.toMatchObject({ retry: "safe" });
    await expect(store.refs.read(key)).rejects.toMatchObject({ retry: "safe" });
    expect(proxy.faults.get(fault)).toBe(4);
  },
);

test("a part of a blob that is not as long as asked is never returned", async () => {
  const { place } = await openHostile(({ method, path }) =>
    method === "GET" && path.includes("/b/") ? "shorten" : undefined,
  );
  await using store = await openS3Store({
    ...place,
    layers: { maxAttempts: 2, initialDelayMs: 1 },
  });
  await store.blobs.putNew(toKey("a"), new Uint8Array(10_000).fill(1));
  await expect(
    store.blobs.get(toKey("a"), { range: { offset: 100, length: 1_000 } }),
  ).rejects.toMatchObject({ code: "unavailable", retry: "safe" });
});

test("a put whose answer tells of other bytes is not acknowledged", async () => {
  const { place } = await openHostile(({ method }) =>
    method === "PUT" ? "wrong-etag" : undefined,
  );
  await using store = await openS3Store({ ...place, layers: { maxAttempts: 1 } });
  const failure = { code: "unavailable", retry: "unknown-outcome" };
  await expect(store.blobs.putNew(toKey("a"), bytesOf("x"))).rejects.toMatchObject(failure);
  await expect(store.refs.compareAndSet(toKey("a"), undefined, bytesOf("x"))).rejects.toMatchObject(
    failure,
  );
});

test("an answer that tells of other bytes makes no conflict of a put that was repeated", async () => {
  let puts = 0;
  const { place, proxy } = await openHostile(({ method, path }) => {
    if (method === "PUT" && path.includes("/b/")) puts += 1;
    if (method === "PUT" && puts === 1) return "lose-reply";
    return method === "HEAD" ? "wrong-etag" : undefined;
  });
  await using store = await openS3Store(place);
  await store.blobs.putNew(toKey("a"), bytesOf("x"));
  expect([proxy.faults.get("lose-reply"), proxy.faults.get("wrong-etag")]).toEqual([1, 1]);
  await expect(store.blobs.putNew(toKey("a"), bytesOf("y"))).rejects.toMatchObject({
    code: "conflict",
  });
});

test("a network that takes conditions away is found out when a store is made and when it is opened", async () => {
  const lie: HostileProxyOptions["lie"] = async ({ method, path, conditional }, Body) => {
    if (method !== "PUT" || !conditional) return undefined;
    const Key = decodeURIComponent(path.replace(/^\/[^/]+\//, "").replace(/\?.*$/, ""));
    const { ETag = "" } = await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    return { status: 200, headers: { etag: ETag, "content-length": "0" }, body: Buffer.alloc(0) };
  };
  await using proxy = await startHostileProxy({ endpoint, strike: () => undefined, lie });
  const place = { ...reach(service), bucket, layers: patient, endpoint: proxy.endpoint };
  await expect(openS3Store({ ...place, prefix: "lied", mode: "create" })).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("class=C"),
  });
  const direct = { ...place, endpoint, prefix: "honest", traits: cephTraits };
  await (await openS3Store({ ...direct, mode: "create" })).close();
  await expect(
    openS3Store({ ...direct, endpoint: proxy.endpoint, mode: "write" }),
  ).rejects.toMatchObject({ code: "unsupported", message: expect.stringContaining("no longer") });
});

test("a call that hangs ends at its deadline, and the store can be closed", async () => {
  const { place } = await openHostile(({ path }) => (path.includes("/b/") ? "slow" : undefined));
  await using store = await openS3Store({
    ...place,
    layers: { clock: systemClock, timeoutMs: 5, maxAttempts: 1 },
  });
  await expect(store.blobs.putNew(toKey("a"), bytesOf("x"))).rejects.toMatchObject({
    code: "timeout",
    retry: "unknown-outcome",
  });
});

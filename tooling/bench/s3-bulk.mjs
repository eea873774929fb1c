/*
 * Bulk writing and reading of one request's bytes on S3: 250 tiles of 650 KB as an object each, and in packs of 32 MiB
 * of which ranges are read, through this project's adapter and through the SDK as it comes. The variants take turns,
 * each round another begins, and the first round only warms up. The adapter sends and compares an MD5 and a CRC-32 of
 * each object, the SDK only sends a CRC-32.
 *
 *   pnpm services up s3
 *   node -C @foretile/source tooling/bench/s3-bulk.mjs [ROUNDS]
 */
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createSeededRandom } from "@foretile/testkit";
import { s3Service } from "@foretile/testkit/services";
import { openS3Store } from "@foretile/storage-s3";
import { median, rotated } from "./src/statistics.mjs";

const TILES = 250;
const TILE_BYTES = 650_000;
const PACK_BYTES = 32 * 2 ** 20;

const rounds = Number(process.argv[2] ?? 3);
const tiles = makeTiles();
const packs = packTiles(tiles);
const service = await s3Service();
const bucket = await service.createBucket();
const { endpoint, region, accessKeyId, secretAccessKey } = service;
const credentials = { accessKeyId, secretAccessKey };

const variants = {
  "adapter, an object a tile": { open: openAdapter, packed: false },
  "SDK defaults, an object a tile": { open: openSdk, packed: false },
  "adapter, packs of 32 MiB": { open: openAdapter, packed: true },
  "SDK defaults, packs of 32 MiB": { open: openSdk, packed: true },
};

const results = new Map();
for (let round = 0; round <= rounds; round += 1) {
  for (const [name, variant] of rotated(Object.entries(variants), round)) {
    const result = await run(variant, `${round}-${name.replaceAll(/\W+/g, "-")}`);
    if (round > 0) results.set(name, [...(results.get(name) ?? []), result]);
  }
}
await service[Symbol.asyncDispose]();

const megabytes = (TILES * TILE_BYTES) / 1e6;
console.log(`${TILES} tiles of ${TILE_BYTES} bytes, ${rounds} rounds, medians`);
console.table(
  Object.fromEntries(
    [...results].map(([name, all]) => [
      name,
      {
        "write MB/s": Math.round(megabytes / median(all.map(({ written }) => written.wall))),
        "read MB/s": Math.round(megabytes / median(all.map(({ readBack }) => readBack.wall))),
        "write CPU s": median(all.map(({ written }) => written.cpu)).toFixed(2),
        "read CPU s": median(all.map(({ readBack }) => readBack.cpu)).toFixed(2),
        "write requests": all[0].writeRequests,
        "read requests": all[0].readRequests,
      },
    ]),
  ),
);

async function run({ open, packed }, prefix) {
  const client = await open(prefix);
  const objects = packed ? packs.map(({ bytes }) => bytes) : tiles;
  client.takeRequests();
  const written = await measure(() =>
    Promise.all(objects.map((bytes, index) => client.put(`object-${index}`, bytes))),
  );
  const writeRequests = client.takeRequests();
  const places = packed
    ? packs.flatMap(({ ranges }, pack) =>
        ranges.map((range) => ({ name: `object-${pack}`, range })),
      )
    : tiles.map((_, index) => ({ name: `object-${index}` }));
  let read;
  const readBack = await measure(async () => {
    read = await Promise.all(places.map(({ name, range }) => client.get(name, range)));
  });
  for (const [index, bytes] of read.entries()) {
    if (Buffer.compare(bytes, tiles[index]) !== 0) throw new Error(`tile is wrong index=${index}`);
  }
  const readRequests = client.takeRequests();
  await client.close();
  return { written, writeRequests, readBack, readRequests };
}

async function openAdapter(prefix) {
  let requests = 0;
  const store = await openS3Store({
    bucket,
    prefix,
    endpoint,
    region,
    credentials,
    profile: "ceph",
    mode: "create",
    observe: () => (requests += 1),
  });
  return {
    put: (key, bytes) => store.blobs.putNew(key, bytes),
    get: (key, range) => store.blobs.get(key, { range }),
    takeRequests: () => taken(),
    close: () => store.close(),
  };

  function taken() {
    const count = requests;
    requests = 0;
    return count;
  }
}

async function openSdk(prefix) {
  let requests = 0;
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  client.middlewareStack.add(
    (next) => (args) => {
      requests += 1;
      return next(args);
    },
    { step: "deserialize" },
  );
  return {
    put: (key, Body) =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}/${key}`, Body })),
    get: async (key, range) => {
      const Range = range && { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
      const input = { Bucket: bucket, Key: `${prefix}/${key}`, ...Range };
      return (await client.send(new GetObjectCommand(input))).Body.transformToByteArray();
    },
    takeRequests: () => taken(),
    close: async () => client.destroy(),
  };

  function taken() {
    const count = requests;
    requests = 0;
    return count;
  }
}

function makeTiles() {
  const random = createSeededRandom(20_171_205);
  return Array.from({ length: TILES }, () => {
    const words = Uint32Array.from({ length: TILE_BYTES / 4 }, () => random.nextUint32());
    return new Uint8Array(words.buffer);
  });
}

function packTiles(all) {
  const perPack = Math.floor(PACK_BYTES / TILE_BYTES);
  const made = [];
  for (let start = 0; start < all.length; start += perPack) {
    const some = all.slice(start, start + perPack);
    const ranges = some.map((_, index) => ({ offset: index * TILE_BYTES, length: TILE_BYTES }));
    made.push({ bytes: new Uint8Array(Buffer.concat(some)), ranges });
  }
  return made;
}

/** Of the wall clock, and of this process alone, which other work on the machine disturbs less. */
async function measure(work) {
  const started = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wall: (performance.now() - started) / 1_000, cpu: (user + system) / 1e6 };
}

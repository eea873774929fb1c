import { toKey, type Store } from "@foretile/storage";
import {
  createCallCounter,
  withFaults,
  withObserver,
  type CallCounter,
} from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import {
  createLibrary,
  frame,
  openLibrary,
  segmentOwnerKey,
  type Frame,
  type Library,
} from "../../src/index.ts";
import { harmBlob } from "../collect/damaged-store.ts";
import { blobKeys } from "../collect/store-contents.ts";

const hash = new Uint8Array(16);
const clock = createInstantClock({ startMs: 1_500_000_000_000 });

let store: Store;
let counter: CallCounter;
let library: Library;

beforeEach(async () => {
  store = openMemoryStore();
  counter = createCallCounter();
  library = await createLibrary({
    store: withObserver(store, { clock, observe: counter.observe }),
    clock,
    random: createSeededRandom(1),
    composition: { placement: "packs", packBytes: 4096 },
    times: { graceMs: 0, undeleteMs: 0 },
  });
  counter.reset();
});

/** Commits texts of 1 000 bytes, one segment each; `kept` are those of the version before. */
async function commit(fills: readonly number[], kept: readonly number[] = []): Promise<number> {
  await using transaction = await library.begin("s");
  const base = await transaction.base();
  const reused = kept.map((index) => {
    const entry = base?.manifest.segments[index];
    if (entry === undefined) throw new Error(`there is no segment index=${index}`);
    return entry;
  });
  const own = await Promise.all(
    fills.map((fill) => transaction.putSegment(new Uint8Array(1000).fill(fill), hash)),
  );
  const { version } = await transaction.commit(() => ({
    manifest: { handler: "fills", body: null, segments: [...reused, ...own] },
    identity: Uint8Array.from(fills),
    rawBytes: 0,
  }));
  return version;
}

async function fillsOf(asOf?: number): Promise<readonly number[]> {
  const { manifest } = await library.resolve("s", { asOf });
  const bytes = await Promise.all(manifest.segments.map((entry) => library.readSegment(entry)));
  for (const segment of bytes) expect(new Set(segment).size).toBe(1);
  return bytes.map((segment) => segment[0] ?? -1);
}

function rowsOf(values: Float64Array): Frame {
  return frame({ index: { name: "i", values }, columns: { a: values } });
}

/** Fifty rows. */
function rows(from: number, by: number): Frame {
  return rowsOf(Float64Array.from({ length: 50 }, (_, row) => from + by * row));
}

async function findings(level: 0 | 1 | 2 = 1): Promise<readonly string[]> {
  const report = await library.fsck({ level });
  return report.findings.map(({ severity, kind, message }) => `${severity} ${kind}: ${message}`);
}

describe("a library with packs", () => {
  test("stores a transaction's segments in few blobs, and nothing of a commit is missing", async () => {
    await commit([1, 2, 3, 4, 5, 6, 7]);
    expect(await blobKeys(store, "s/")).toEqual([]);
    expect(await blobKeys(store, "k/")).toHaveLength(3);
    expect(counter.totals().get("blobs.putNew")?.calls).toBe(4);
    expect(await fillsOf()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const part = (await library.resolve("s")).manifest.segments[4];
    if (part === undefined) throw new Error("there are seven");
    const range = { offset: 998, length: 2 };
    expect(await library.readSegment(part, { range })).toEqual(Uint8Array.of(5, 5));
  });

  test("reads what lies together with one request", async () => {
    await commit([1, 2, 3, 4, 5, 6, 7]);
    const { segments } = (await library.resolve("s")).manifest;
    counter.reset();
    const read: number[] = [];
    for await (const result of library.readSegments(segments.map((entry) => [entry]))) {
      if (result.error !== undefined) throw result.error;
      read.push(result.segments[0]?.[0] ?? -1);
    }
    expect(read).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(counter.totals().get("blobs.get")?.calls).toBe(3);
  });

  test("keeps a pack as long as anybody needs one segment in it", async () => {
    await commit([1, 2]);
    await commit([3], [1]);
    await library.deleteVersion("s", 1);
    const [first, second] = await blobKeys(store, "k/");
    await library.collect({ force: true });
    expect(await blobKeys(store, "k/")).toEqual([first, second]);
    expect(await fillsOf()).toEqual([2, 3]);

    await commit([], [1]);
    await library.deleteVersion("s", 2);
    const report = await library.collect({ force: true });
    expect(report.deleted.packs).toEqual({ blobs: 1, bytes: 1008 + 1000 + 8 + 3 * 32 });
    expect(await blobKeys(store, "k/")).toEqual([second]);
    expect(await fillsOf()).toEqual([3]);
    expect(await findings(2)).toEqual([
      'note unverified: 1 segments of another handler were not verified handler="fills"',
    ]);
  });

  test("collects the packs of some symbols, and tells their bytes as far as it knows", async () => {
    await commit([1, 2]);
    await commit([3]);
    await library.deleteVersion("s", 1);
    const report = await library.collect({ symbols: ["s"] });
    expect(report.deleted.packs).toEqual({ blobs: 1, bytes: 2008 + 8 + 2 * 32 });
    expect(await blobKeys(store, "k/")).toHaveLength(1);
    expect(await fillsOf()).toEqual([3]);
  });

  test("leaves nothing of a transaction that is given up", async () => {
    const transaction = await library.begin("s");
    for (let fill = 0; fill < 7; fill += 1) {
      await transaction.putSegment(new Uint8Array(1000).fill(fill), hash);
    }
    await transaction.abandon();
    expect(await blobKeys(store)).toEqual([]);
  });

  test("publishes nothing whose pack could not be stored, and everything when it is asked again", async () => {
    const failing = withFaults(store, {
      clock,
      random: createSeededRandom(3),
      rules: [{ fault: { type: "fail" }, operations: ["blobs.putNew"], keyPrefix: "k/", nth: 1 }],
    });
    const faulty = await openLibrary({ store: failing, clock, random: createSeededRandom(2) });
    await using transaction = await faulty.begin("s");
    const segment = await transaction.putSegment(Uint8Array.of(1, 2, 3), hash);
    const content = () => ({
      manifest: { handler: "fills", body: null, segments: [segment] },
      identity: Uint8Array.of(1),
      rawBytes: 0,
    });
    await expect(transaction.commit(content)).rejects.toMatchObject({ code: "unavailable" });
    await expect(library.resolve("s")).rejects.toMatchObject({ code: "no-data-found" });
    expect(transaction.isOpen).toBe(true);
    expect(await transaction.commit(content)).toMatchObject({ version: 1 });
    expect(await library.readSegment(segment)).toEqual(Uint8Array.of(1, 2, 3));
  });

  test("tells a pack that is missing by its segments", async () => {
    await commit([1, 2, 3]);
    const [entry] = (await library.resolve("s")).manifest.segments;
    if (entry === undefined) throw new Error("there are three");
    await harmBlob(store, segmentOwnerKey(entry), "missing");
    expect((await findings()).join()).toContain("pack of the segment is missing");
    await expect(library.readSegment(entry)).rejects.toMatchObject({
      code: "data-integrity",
      details: { key: `${segmentOwnerKey(entry)}@0+1000` },
    });
  });

  test("verifies every segment of a pack by itself", async () => {
    await commit([1, 2, 3]);
    const verifiers = new Map([
      [
        "fills",
        (bytes: Uint8Array) => {
          if (new Set(bytes).size > 1) throw new Error("bytes are not all the same");
        },
      ],
    ]);
    const sound = await library.fsck({ level: 2, verifiers });
    expect(sound).toMatchObject({ healthy: true, segments: { blobs: 3 }, verified: { blobs: 3 } });
    const [key = ""] = await blobKeys(store, "k/");
    const bytes = (await store.blobs.get(toKey(key))) ?? new Uint8Array();
    bytes[2100] = 9;
    await store.blobs.deleteMany([toKey(key)]);
    await store.blobs.putNew(toKey(key), bytes);
    const { findings: found } = await library.fsck({ level: 2, verifiers });
    expect(found.map((finding) => finding.key)).toEqual([`${key}@2016+1000`]);
  });

  test("does without the index of a pack", async () => {
    await commit([1, 2, 3]);
    const [key = ""] = await blobKeys(store, "k/");
    await harmBlob(store, key, "truncated");
    expect(await fillsOf()).toEqual([1, 2, 3]);
  });

  test("tells a pack that is cut off within its segments", async () => {
    await commit([1, 2, 3]);
    const [key = ""] = await blobKeys(store, "k/");
    const bytes = (await store.blobs.get(toKey(key))) ?? new Uint8Array();
    await store.blobs.deleteMany([toKey(key)]);
    await store.blobs.putNew(toKey(key), bytes.slice(0, 1500));
    const found = await findings();
    expect(found).toHaveLength(2);
    expect(found.join()).toContain("pack of the segment is cut off");
    const { segments } = (await library.resolve("s")).manifest;
    const results = [];
    for await (const result of library.readSegments(segments.map((entry) => [entry]))) {
      results.push(result.error?.code ?? result.segments?.[0]?.length);
    }
    expect(results).toEqual([1000, "data-integrity", "data-integrity"]);
  });

  test("finalizes staged rows that are in packs, those too that are merged and cut anew", async () => {
    await library.write("t", rowsOf(Float64Array.of(-1)));
    const tokens = [
      await library.stage("t", rows(0, 2)),
      await library.stage("t", rows(1, 2)),
      await library.stage("t", rows(200, 1)),
    ];
    expect(tokens.map(({ format }) => format)).toEqual(Array(3).fill("foretile-stage-2"));
    await library.finalize("t", tokens.slice(0, 2), { mode: "write", order: "merge" });
    await library.finalize("t", tokens.slice(2), { mode: "append" });
    const { value } = await library.read<Frame>("t");
    const wanted = [...Array(100).keys(), ...Array.from({ length: 50 }, (_, row) => 200 + row)];
    expect(value.column("a").values).toEqual(Float64Array.from(wanted));
    expect(await blobKeys(store, "s/")).toEqual([]);
  });

  test("is not opened by releases that know no packs, and others are made as ever", async () => {
    const config = await store.refs.read(toKey("config"));
    expect(new DataView((config?.value ?? new Uint8Array()).buffer).getUint16(8, true)).toBe(2);
    await commit([1]);
    const [version = ""] = await blobKeys(store, "v/");
    const document = (await store.blobs.get(toKey(version))) ?? new Uint8Array();
    expect(document[8]).toBe(2);
    await library.delete("s");
    const other = (await blobKeys(store, "v/")).find((key) => key !== version) ?? "";
    expect((await store.blobs.get(toKey(other)))?.[8]).toBe(1);
  });

  test("is refused where packs do not fit", async () => {
    const narrow = openMemoryStore({ limits: { maxBlobBytes: 3_000_000 } });
    const made = createLibrary({ store: narrow, composition: { placement: "packs" } });
    await expect(made).rejects.toMatchObject({ code: "unsupported-capability" });
  });
});

import { loadChecksum, type Checksum } from "@foretile/codecs";
import { toKey, type Store } from "@foretile/storage";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { createLibrary, type CheckLevel, type CheckReport, type Library } from "../../src/index.ts";
import { PackBuilder } from "../../src/placement/pack-builder.ts";
import { FOOTER_BYTES, INDEX_ENTRY_BYTES } from "../../src/placement/pack-layout.ts";
import { replaceBlob } from "../collect/damaged-store.ts";

/** Two of a start: an empty segment takes no room. */
const segments = [100, 0, 50, 7].map((length) => new Uint8Array(length).fill(length));
const counter = createCallCounter();
const verifiers = new Map([["parts", () => undefined]]);

let checksum: Checksum;
let store: Store;
let library: Library;
/** The key of the pack that all segments are in, and its bytes. */
let key: string;
let pack: Uint8Array;

beforeEach(async () => {
  checksum = await loadChecksum();
  const clock = createInstantClock({ startMs: 1_500_000_000_000 });
  store = openMemoryStore();
  library = await createLibrary({
    store: withObserver(store, { clock, observe: counter.observe }),
    clock,
    random: createSeededRandom(1),
    composition: { placement: "packs" },
  });
  await using transaction = await library.begin("s");
  await transaction.base();
  const entries = await Promise.all(
    segments.map((bytes) => transaction.putSegment(bytes, new Uint8Array(16))),
  );
  const manifest = { handler: "parts", body: null, segments: entries };
  await transaction.commit(() => ({ manifest, identity: Uint8Array.of(1), rawBytes: 0 }));
  const packs: string[] = [];
  for await (const batch of store.blobs.list({})) packs.push(...batch.map((blob) => blob.key));
  key = packs.find((each) => each.startsWith("k/")) ?? "";
  pack = (await store.blobs.get(toKey(key))) ?? new Uint8Array();
});

function packOf(bytes: readonly Uint8Array[]): Uint8Array {
  const builder = new PackBuilder(checksum, 2 ** 20);
  for (const each of bytes) builder.add(each);
  return builder.seal();
}

function check(level: CheckLevel): Promise<CheckReport> {
  return library.fsck({ level, verifiers });
}

describe("what a pack says of its segments", () => {
  test("is sound as it was written, and takes one request", async () => {
    expect(packOf(segments)).toEqual(pack);
    counter.reset();
    const report = await check(2);
    expect(report).toMatchObject({ healthy: true, verified: { blobs: 4 } });
    expect(report.findings).toEqual([]);
    const reads = counter.totals().get("blobs.get")?.calls;
    // The version, which holds the manifest, and each segment once.
    expect(reads).toBe(1 + segments.length + 1);
  });

  test.each<[string, () => Uint8Array, string]>([
    [
      "has a bit turned over",
      () => {
        const harmed = pack.slice();
        const at = pack.length - FOOTER_BYTES - INDEX_ENTRY_BYTES;
        harmed[at] = (harmed[at] ?? 0) ^ 1;
        return harmed;
      },
      "index of the pack does not match its hash",
    ],
    [
      "is of other segments",
      () => {
        const other = packOf([...segments.slice(0, 3), new Uint8Array(7)]);
        return Uint8Array.of(
          ...pack.subarray(0, -FOOTER_BYTES - 4 * INDEX_ENTRY_BYTES),
          ...other.subarray(-FOOTER_BYTES - 4 * INDEX_ENTRY_BYTES),
        );
      },
      "index of the pack has another hash of one offset=176 length=7",
    ],
    [
      "lacks one",
      () => {
        const other = packOf(segments.slice(0, 3));
        const indexBytes = FOOTER_BYTES + 3 * INDEX_ENTRY_BYTES;
        const data = pack.subarray(0, -FOOTER_BYTES - 4 * INDEX_ENTRY_BYTES);
        return Uint8Array.of(...data, ...other.subarray(-indexBytes));
      },
      "index of the pack does not name a segment offset=176 length=7",
    ],
  ])("is told once when it %s, and readers are not concerned", async (_how, change, message) => {
    await replaceBlob(store, key, change());
    const report = await check(2);
    expect(report).toMatchObject({ healthy: true, counts: { error: 0, warning: 1, note: 0 } });
    expect(report.findings).toMatchObject([
      { severity: "warning", kind: "pack-index", key, message: expect.stringContaining(message) },
    ]);
    expect(await check(1)).toMatchObject({ healthy: true, findings: [] });
  });
});

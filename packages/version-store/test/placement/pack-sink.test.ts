import { loadChecksum, type Checksum } from "@foretile/codecs";
import type { BlobStore, Key } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SegmentEntry } from "../../src/manifest/manifest.ts";
import { PackSink } from "../../src/placement/pack-sink.ts";
import { verifyPack } from "../../src/placement/read-pack-index.ts";

const transactionId = "0".repeat(26);
const hash = new Uint8Array(16);

let checksum: Checksum;
/** Uploads that wait to be let through, in the order in which they began. */
let held: (() => void)[];
let failures: number;
let own: Key[];
let blobs: BlobStore;

beforeAll(async () => {
  checksum = await loadChecksum();
});

beforeEach(() => {
  held = [];
  failures = 0;
  own = [];
  ({ blobs } = openMemoryStore());
});

function openSink(options: { packBytes?: number; holds?: boolean } = {}): PackSink {
  const { packBytes = 4096, holds = false } = options;
  const putNew: BlobStore["putNew"] = async (...call) => {
    if (holds) await new Promise<void>((resolve) => held.push(resolve));
    if (failures > 0) {
      failures -= 1;
      throw new Error("no answer");
    }
    return blobs.putNew(...call);
  };
  const owner = {
    transactionId,
    own: (key: Key) => void own.push(key),
    renewWhenDue: async () => {},
  };
  return new PackSink({ ...blobs, putNew }, owner, { checksum, packBytes });
}

function segmentOf(fill: number, length = 1000) {
  return { bytes: new Uint8Array(length).fill(fill), hash, facts: fill };
}

/** Every promise that can settle without outside help has settled. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

async function storedPacks(): Promise<Map<string, Uint8Array>> {
  const packs = new Map<string, Uint8Array>();
  for await (const batch of blobs.list({})) {
    for (const { key } of batch) packs.set(key, (await blobs.get(key)) ?? new Uint8Array());
  }
  return packs;
}

function bytesOf(packs: Map<string, Uint8Array>, { ordinal, location, length }: SegmentEntry) {
  const pack = packs.get(`k/00/${transactionId}/0000000${ordinal}`);
  const offset = location?.kind === "pack" ? location.offset : Number.NaN;
  return pack?.subarray(offset, offset + length);
}

describe("a sink of packs", () => {
  test("stores segments together, in the order in which they came", async () => {
    const sink = openSink();
    const entries = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7].map((fill) => sink.put(segmentOf(fill))),
    );
    await sink.flush();
    const packs = await storedPacks();
    expect([...packs.keys()]).toEqual(own);
    expect(entries.map(({ ordinal }) => ordinal)).toEqual([0, 0, 0, 1, 1, 1, 2]);
    for (const [index, entry] of entries.entries()) {
      expect(entry).toMatchObject({ transactionId, length: 1000, facts: index + 1 });
      expect(bytesOf(packs, entry)).toEqual(segmentOf(index + 1).bytes);
    }
    for (const pack of packs.values()) verifyPack(checksum, pack);
  });

  test("copies what it takes", async () => {
    const sink = openSink();
    const segment = segmentOf(1);
    const entry = await sink.put(segment);
    segment.bytes.fill(9);
    segment.hash.fill(0);
    await sink.flush();
    expect(bytesOf(await storedPacks(), entry)).toEqual(segmentOf(1).bytes);
  });

  test("stores nothing before a pack is full, and the rest as a small pack", async () => {
    const sink = openSink();
    await sink.put(segmentOf(1));
    await rest();
    expect((await storedPacks()).size).toBe(0);
    await sink.flush();
    const [pack] = (await storedPacks()).values();
    expect(pack?.length).toBe(1008 + 32 + 32);
    await sink.flush();
    expect((await storedPacks()).size).toBe(1);
  });

  test("holds three packs at most, and lets callers wait without needing them", async () => {
    const sink = openSink({ holds: true });
    const taken: number[] = [];
    const puts = Array.from({ length: 12 }, async (_, index) => {
      await sink.put(segmentOf(index));
      taken.push(index);
    });
    await rest();
    // Two packs on their way, one full; three segments each.
    expect(held).toHaveLength(2);
    expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    held.shift()?.();
    await Promise.all(puts);
    expect(taken).toHaveLength(12);
    const flushed = sink.flush();
    while (held.length > 0) {
      held.shift()?.();
      await rest();
    }
    await flushed;
    expect((await storedPacks()).size).toBe(4);
  });

  test("lets a caller stop waiting, and takes nothing of his", async () => {
    const sink = openSink({ holds: true });
    const stop = new AbortController();
    for (let index = 0; index < 9; index += 1) await sink.put(segmentOf(index));
    const waiting = sink.put(segmentOf(9), { signal: stop.signal });
    await rest();
    stop.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    const flushed = sink.flush();
    while (held.length > 0) {
      held.shift()?.();
      await rest();
    }
    await flushed;
    expect((await storedPacks()).size).toBe(3);
  });

  test("makes a segment that fits no pack a blob of its own", async () => {
    const sink = openSink();
    const entry = await sink.put(segmentOf(1, 4033));
    expect(entry.location).toBeUndefined();
    expect([...(await storedPacks()).keys()]).toEqual([`s/00/${transactionId}/00000000`]);
    const fitting = await sink.put(segmentOf(2, 4032));
    await sink.flush();
    const pack = (await storedPacks()).get(`k/00/${transactionId}/00000000`);
    expect([fitting.location, pack?.length]).toEqual([{ kind: "pack", offset: 0 }, 4096]);
  });

  test("tells a failed upload when it flushes, and stores the same bytes when asked again", async () => {
    const sink = openSink();
    failures = 1;
    const entry = await sink.put(segmentOf(1));
    await expect(sink.flush()).rejects.toThrow("no answer");
    expect((await storedPacks()).size).toBe(0);
    await sink.flush();
    expect(bytesOf(await storedPacks(), entry)).toEqual(segmentOf(1).bytes);
    expect(own).toHaveLength(1);
  });

  test("takes nothing more while what failed fails again", async () => {
    const sink = openSink();
    failures = 3;
    const puts: Promise<SegmentEntry>[] = [];
    for (let index = 0; index < 7; index += 1) puts.push(sink.put(segmentOf(index)));
    const ends = await Promise.allSettled(puts);
    expect(ends.map(({ status }) => status)).toContain("rejected");
    failures = 0;
    const again = await sink.put(segmentOf(7));
    await sink.flush();
    const packs = await storedPacks();
    const stored = ends.map((end) =>
      end.status === "fulfilled" ? bytesOf(packs, end.value) : undefined,
    );
    const wanted = ends.map((end, index) =>
      end.status === "fulfilled" ? segmentOf(index).bytes : undefined,
    );
    expect(stored).toEqual(wanted);
    expect(bytesOf(packs, again)).toEqual(segmentOf(7).bytes);
  });

  test("gives entries at once to those who cannot wait", async () => {
    const sink = openSink();
    const started = [1, 2, 3, 4].map((fill) => sink.start(segmentOf(fill)));
    expect(started.map(({ entry }) => entry.ordinal)).toEqual([0, 0, 0, 1]);
    await Promise.all(started.map(({ stored }) => stored));
    await sink.flush();
    const packs = await storedPacks();
    for (const [index, { entry }] of started.entries()) {
      expect(bytesOf(packs, entry)).toEqual(segmentOf(index + 1).bytes);
    }
  });
});

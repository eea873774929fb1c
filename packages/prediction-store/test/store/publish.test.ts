import type { BlobStore } from "@foretile/storage";
import { StorageError } from "@foretile/storage";
import { describe, expect, test } from "vitest";
import { requestKey, type Answer } from "../../src/index.ts";
import {
  bitsOf,
  blobKeys,
  invalidAnswer,
  openTestStore,
  readAll,
  request,
  validAnswer,
  walk,
} from "./open-test-store.ts";

const key = requestKey(request);
const answers = [validAnswer(3), invalidAnswer(2), validAnswer(1), validAnswer(250)];

describe("publish", () => {
  test("gives every answer back as it was, in order of miner ids", async () => {
    const { predictions } = await openTestStore();
    const result = await predictions.publish(request, answers);
    expect(result).toMatchObject({
      key,
      version: 1,
      changed: true,
      answers: { valid: 3, invalid: 1 },
    });
    expect(result.rawBytes).toBe(3 * 7 * 70 * 4);
    const published = await predictions.read(key);
    expect(published.request).toEqual(request);
    expect(published).toMatchObject({ version: 1, versionHash: result.versionHash });
    expect(published.answers.map(({ minerId, status }) => [minerId, status])).toEqual([
      [1, "valid"],
      [2, "invalid"],
      [3, "valid"],
      [250, "valid"],
    ]);
    expect(published.answers[1]).toMatchObject({ reason: "no_process_time", minerUid: 2 });
    const tiles = await readAll(published);
    expect([...tiles.keys()]).toEqual([1, 3, 250]);
    for (const [minerId, bits] of tiles) expect(bits).toEqual(bitsOf(walk(minerId)));
  });

  test("keeps every bit pattern", async () => {
    const { predictions } = await openTestStore();
    const patterns = [0x7f800001, 0xffc12345, 0x80000000, 0, 0x7f800000, 0xff800000, 1, 0x7fffffff];
    const tile = new Float32Array(7 * 70);
    bitsOf(tile).set(bitsOf(tile).map((_, index) => patterns[index % patterns.length] ?? 0));
    const outcome = { status: "valid", tile } as const;
    await predictions.publish(request, [{ ...validAnswer(1), outcome }]);
    expect((await readAll(await predictions.read(key))).get(1)).toEqual(bitsOf(tile));
  });

  test("shows nothing before, and leaves nothing when it is abandoned", async () => {
    const { predictions, store } = await openTestStore();
    {
      await using publication = await predictions.begin(request);
      for (const answer of answers) await publication.put(answer);
      expect((await blobKeys(store, "s/")).length).toBeGreaterThan(0);
      await expect(predictions.read(key)).rejects.toMatchObject({ code: "no-such-request" });
    }
    expect(await blobKeys(store)).toEqual([]);
    await expect(predictions.read(key)).rejects.toMatchObject({ code: "no-such-request" });
  });

  test("of the same answers again ends in the same version and stores nothing", async () => {
    const { predictions, store } = await openTestStore();
    const first = await predictions.publish(request, answers);
    const before = await blobKeys(store);
    const again = await predictions.publish(request, answers.toReversed());
    expect(again).toEqual({ ...first, changed: false });
    expect(await blobKeys(store)).toEqual(before);
  });

  test("of the same answers by two writers at once ends in one version", async () => {
    const { predictions, store } = await openTestStore();
    const rival = await openTestStore({ existing: store, seed: 2 });
    const results = await Promise.all([
      predictions.publish(request, answers),
      rival.predictions.publish(request, answers),
    ]);
    expect(results.map(({ version }) => version)).toEqual([1, 1]);
    expect(new Set(results.map(({ versionHash }) => versionHash)).size).toBe(1);
    expect(await blobKeys(store, "s/")).toHaveLength(3 * 3);
  });

  test("of different miners by two writers at once keeps them all", async () => {
    const { predictions, store } = await openTestStore();
    const rival = await openTestStore({ existing: store, seed: 2 });
    await Promise.all([
      predictions.publish(request, [validAnswer(1), validAnswer(2)]),
      rival.predictions.publish(request, [validAnswer(3), invalidAnswer(4)]),
    ]);
    const published = await predictions.read(key);
    expect(published.answers.map(({ minerId }) => minerId)).toEqual([1, 2, 3, 4]);
    expect(published.version).toBe(2);
    expect([...(await readAll(published)).keys()]).toEqual([1, 2, 3]);
  });

  test("of another answer of a published miner makes the next version; the first one stays", async () => {
    const { predictions, store } = await openTestStore();
    const first = await predictions.publish(request, answers);
    const second = await predictions.publish(request, [validAnswer(3, 33)]);
    expect(second).toMatchObject({ version: 2, changed: true, answers: { valid: 3, invalid: 1 } });
    expect(second.versionHash).not.toBe(first.versionHash);
    const [old, now] = [await predictions.read(key, { asOf: 1 }), await predictions.read(key)];
    expect((await readAll(old)).get(3)).toEqual(bitsOf(walk(3)));
    expect((await readAll(now)).get(3)).toEqual(bitsOf(walk(33)));
    expect((await readAll(now)).get(250)).toEqual(bitsOf(walk(250)));
    // Only the one tile was stored anew.
    expect(await blobKeys(store, "s/")).toHaveLength(3 * 3 + 3);
    expect((await predictions.listVersions(key)).map(({ version }) => version)).toEqual([2, 1]);
  });

  test("takes the last of several answers of one miner", async () => {
    const { predictions, store } = await openTestStore();
    await using publication = await predictions.begin(request);
    await Promise.all([
      publication.put(validAnswer(1, 10)),
      publication.put(invalidAnswer(2)),
      publication.put(validAnswer(1, 11)),
      publication.put(validAnswer(2, 12)),
      publication.put(validAnswer(1, 13)),
    ]);
    expect(await publication.put(validAnswer(1, 13))).toBe("unchanged");
    const result = await publication.publish();
    expect(result.answers).toEqual({ valid: 2, invalid: 0 });
    const tiles = await readAll(await predictions.read(key));
    expect(tiles.get(1)).toEqual(bitsOf(walk(13)));
    expect(tiles.get(2)).toEqual(bitsOf(walk(12)));
    // What was replaced is gone.
    expect(await blobKeys(store, "s/")).toHaveLength(2 * 3);
  });

  test("names the same content by the same hash whatever the codec and the store", async () => {
    const hashes = new Set<string>();
    for (const mode of ["raw", "lz4", "pack", "decimal", "split"] as const) {
      const { predictions } = await openTestStore({ mode, seed: mode.length });
      hashes.add((await predictions.publish(request, answers)).versionHash);
      const published = await predictions.read(key);
      expect(published.answers[0]).toMatchObject({ mode });
      expect((await readAll(published)).get(250)).toEqual(bitsOf(walk(250)));
    }
    expect(hashes.size).toBe(1);
  });

  test("does not count process times and messages as another answer", async () => {
    const { predictions } = await openTestStore();
    await predictions.publish(request, answers);
    const later = answers.map((answer): Answer => ({ ...answer, processTimeSeconds: 9 }));
    expect(await predictions.publish(request, later)).toMatchObject({ version: 1, changed: false });
  });

  test("counts an answer that turned invalid as another answer", async () => {
    const { predictions } = await openTestStore();
    await predictions.publish(request, answers);
    const result = await predictions.publish(request, [invalidAnswer(1)]);
    expect(result).toMatchObject({ version: 2, answers: { valid: 2, invalid: 2 } });
  });

  test("refuses other sizes under the same key", async () => {
    const { predictions } = await openTestStore();
    await predictions.publish(request, answers);
    await expect(predictions.begin({ ...request, simulations: 8 })).rejects.toMatchObject({
      code: "request-mismatch",
    });
  });

  test("refuses a tile of another size and ids that are no whole numbers, and goes on", async () => {
    const { predictions } = await openTestStore();
    await using publication = await predictions.begin(request);
    const wrong = { code: "invalid-answer" };
    const short = { status: "valid", tile: new Float32Array(3) } as const;
    await expect(publication.put({ ...validAnswer(1), outcome: short })).rejects.toMatchObject(
      wrong,
    );
    await expect(publication.put({ ...validAnswer(1), minerId: 1.5 })).rejects.toMatchObject(wrong);
    await expect(publication.put({ ...validAnswer(1), minerUid: -1 })).rejects.toMatchObject(wrong);
    await publication.put(validAnswer(2));
    expect(await publication.publish()).toMatchObject({ answers: { valid: 1, invalid: 0 } });
  });

  test("publishes a request that nobody answered", async () => {
    const { predictions } = await openTestStore();
    expect(await predictions.publish(request, [])).toMatchObject({ version: 1, changed: true });
    expect((await predictions.read(key)).answers).toEqual([]);
  });

  test("is over once it is published or abandoned", async () => {
    const { predictions } = await openTestStore();
    const publication = await predictions.begin(request);
    await publication.publish();
    const closed = { code: "publication-closed" };
    await expect(publication.put(validAnswer(1))).rejects.toMatchObject(closed);
    await expect(publication.publish()).rejects.toMatchObject(closed);
    await publication.abandon();
    expect((await predictions.read(key)).version).toBe(1);
  });

  test("publishes nothing when a tile cannot be stored", async () => {
    const { predictions, store } = await openTestStore({ blobs: failOnce(5) });
    await expect(predictions.publish(request, answers)).rejects.toMatchObject({ code: "full" });
    expect(await blobKeys(store)).toEqual([]);
    await expect(predictions.read(key)).rejects.toMatchObject({ code: "no-such-request" });
    expect(await predictions.publish(request, answers)).toMatchObject({ version: 1 });
  });

  test("loses no other answer when one could not be stored, which may be put again", async () => {
    const { predictions, store } = await openTestStore({ blobs: failOnce(5) });
    await using publication = await predictions.begin(request);
    await publication.put(validAnswer(1));
    await expect(publication.put(validAnswer(2))).rejects.toMatchObject({ code: "full" });
    expect(publication.isOpen).toBe(true);
    await publication.put(validAnswer(3));
    expect(await publication.put(validAnswer(2))).toBe("stored");
    expect(await publication.publish()).toMatchObject({ answers: { valid: 3, invalid: 0 } });
    expect([...(await readAll(await predictions.read(key))).keys()]).toEqual([1, 2, 3]);
    // What the failed call had stored is gone.
    expect(await blobKeys(store, "s/")).toHaveLength(3 * 3);
  });

  test("may be repeated when the manifest could not be stored", async () => {
    const { predictions } = await openTestStore({ blobs: failOnce(4) });
    await using publication = await predictions.begin(request);
    await publication.put(validAnswer(1));
    await expect(publication.publish()).rejects.toMatchObject({ code: "full" });
    expect(publication.isOpen).toBe(true);
    await publication.put(validAnswer(2));
    expect(await publication.publish()).toMatchObject({ version: 1, answers: { valid: 2 } });
    expect(publication.isOpen).toBe(false);
    expect([...(await readAll(await predictions.read(key))).keys()]).toEqual([1, 2]);
  });

  test("works on a bounded number of tiles at once", async () => {
    const expected = 8 * 3;
    let underWay = 0;
    let most = 0;
    const full = Promise.withResolvers<void>();
    const holding = (blobs: BlobStore): BlobStore => ({
      ...passThrough(blobs),
      putNew: async (blobKey, bytes, options) => {
        underWay += 1;
        most = Math.max(most, underWay);
        if (underWay === expected) full.resolve();
        await full.promise;
        await blobs.putNew(blobKey, bytes, options);
        underWay -= 1;
      },
    });
    const { predictions } = await openTestStore({ blobs: holding });
    await using publication = await predictions.begin(request);
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => publication.put(validAnswer(index))),
    );
    expect(most).toBe(expected);
    expect(await publication.publish()).toMatchObject({ answers: { valid: 60, invalid: 0 } });
  });
});

/** Fails the nth write of a blob, once. */
function failOnce(nth: number): (blobs: BlobStore) => BlobStore {
  let puts = 0;
  return (blobs) => ({
    ...passThrough(blobs),
    putNew: (blobKey, bytes, options) => {
      puts += 1;
      return puts === nth
        ? Promise.reject(new StorageError("full", "no room left"))
        : blobs.putNew(blobKey, bytes, options);
    },
  });
}

function passThrough(blobs: BlobStore): BlobStore {
  return {
    capabilities: blobs.capabilities,
    putNew: blobs.putNew.bind(blobs),
    get: blobs.get.bind(blobs),
    deleteMany: blobs.deleteMany.bind(blobs),
    list: blobs.list.bind(blobs),
  };
}

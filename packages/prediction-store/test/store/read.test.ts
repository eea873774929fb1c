import { KernelMemory } from "@foretile/kernels";
import type { BlobStore, Key } from "@foretile/storage";
import { readIntoByGet } from "@foretile/testkit";
import { assert, asyncProperty, nat } from "fast-check";
import { describe, expect, test } from "vitest";
import {
  openPredictionStore,
  requestKey,
  stepCount,
  type PublishedRequest,
  type StepRange,
} from "../../src/index.ts";
import {
  bitsOf,
  blobKeys,
  flipByte,
  invalidAnswer,
  openTestStore,
  readAll,
  request,
  tamper,
  validAnswer,
  walk,
  type TestStore,
} from "./open-test-store.ts";

const key = requestKey(request);
const steps = stepCount(request);

async function published(
  options?: Parameters<typeof openTestStore>[0],
): Promise<TestStore & { readonly read: PublishedRequest }> {
  const opened = await openTestStore(options);
  const answers = [validAnswer(1), validAnswer(2), invalidAnswer(3), validAnswer(4)];
  await opened.predictions.publish(request, answers);
  return { ...opened, read: await opened.predictions.read(key) };
}

async function sliceAll(
  read: PublishedRequest,
  range: StepRange,
): Promise<Map<number, Float32Array | undefined>> {
  const slices = new Map<number, Float32Array | undefined>();
  for await (const { answer, values } of read.slice(range)) slices.set(answer.minerId, values);
  return slices;
}

/** A blob store that has its bytes at hand. */
function atHand(blobs: BlobStore): BlobStore {
  return { ...blobs, readInto: readIntoByGet<Key, object>(blobs) };
}

describe("read", () => {
  test("gives one tile, into a given array or a fresh one", async () => {
    const { read } = await published();
    const out = new Float32Array(7 * steps + 5).fill(-1);
    const values = await read.readTile(2, { out });
    expect(values.buffer).toBe(out.buffer);
    expect(bitsOf(values)).toEqual(bitsOf(walk(2)));
    expect([...out.subarray(7 * steps)]).toEqual([-1, -1, -1, -1, -1]);
    expect(bitsOf(await read.readTile(4))).toEqual(bitsOf(walk(4)));
    await expect(read.readTile(2, { out: new Float32Array(3) })).rejects.toThrow(RangeError);
  });

  test("says when there is no tile of a miner", async () => {
    const { read } = await published();
    for (const minerId of [3, 99]) {
      await expect(read.readTile(minerId)).rejects.toMatchObject({ code: "no-such-tile" });
    }
  });

  test("says when there is no such request or version, or the key is none", async () => {
    const { predictions } = await published();
    const none = { code: "no-such-request" };
    await expect(predictions.read("test/ETH#1512475200")).rejects.toMatchObject(none);
    await expect(predictions.read(key, { asOf: 2 })).rejects.toMatchObject(none);
    await expect(predictions.listVersions("test/ETH#1")).rejects.toMatchObject(none);
    await expect(predictions.read("BTC")).rejects.toMatchObject({ code: "invalid-request" });
  });

  test("stays at its version while others publish", async () => {
    const { predictions, read } = await published();
    await predictions.publish(request, [validAnswer(1, 77), validAnswer(9)]);
    expect(read.version).toBe(1);
    expect([...(await readAll(read)).keys()]).toEqual([1, 2, 4]);
    expect((await readAll(read)).get(1)).toEqual(bitsOf(walk(1)));
    expect((await predictions.read(key)).version).toBe(2);
  });

  test("takes only some miners", async () => {
    const { read } = await published();
    const ids: number[] = [];
    for await (const { answer } of read.tiles({ minerIds: [4, 3, 1, 50] }))
      ids.push(answer.minerId);
    expect(ids).toEqual([1, 4]);
  });

  test("of some steps equals the same steps of the whole tile", async () => {
    const { read } = await published();
    await assert(
      asyncProperty(nat(steps - 1), nat(steps - 1), async (a, b) => {
        const range = { from: Math.min(a, b), to: Math.max(a, b) + 1 };
        const slices = await sliceAll(read, range);
        expect([...slices.keys()]).toEqual([1, 2, 4]);
        for (const [minerId, values] of slices) {
          const whole = walk(minerId).slice(range.from * 7, range.to * 7);
          expect(values).toEqual(whole);
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    [{ from: 0, to: 1 }, 1],
    [{ from: 0, to: 32 }, 1],
    [{ from: 31, to: 33 }, 2],
    [{ from: 64, to: 70 }, 1],
    [{ from: 0, to: 70 }, 3],
  ])("of steps %j reads %i of 3 panels a tile and no more", async (range, panels) => {
    const reads: string[] = [];
    const counting = (blobs: BlobStore): BlobStore => ({
      capabilities: blobs.capabilities,
      putNew: blobs.putNew.bind(blobs),
      deleteMany: blobs.deleteMany.bind(blobs),
      list: blobs.list.bind(blobs),
      get: (blobKey, options) => {
        if (blobKey.startsWith("s/")) reads.push(blobKey);
        return blobs.get(blobKey, options);
      },
    });
    const { read } = await published({ blobs: counting });
    await sliceAll(read, range);
    expect(reads).toHaveLength(3 * panels);
    expect(new Set(reads).size).toBe(reads.length);
  });

  test("gives the same from a store that has its bytes at hand", async () => {
    const { read, store } = await published({ blobs: atHand });
    const tiles = await readAll(read);
    expect([...tiles]).toEqual([1, 2, 4].map((minerId) => [minerId, bitsOf(walk(minerId))]));
    const slices = await sliceAll(read, { from: 31, to: 40 });
    for (const [minerId, values] of slices) {
      expect(values).toEqual(walk(minerId).subarray(7 * 31, 7 * 40));
    }
    const panels: (readonly number[])[] = [];
    const runs = [
      { from: 0, to: 32 },
      { from: 65, to: 67 },
    ];
    for await (const tile of read.panels(runs)) {
      if (tile.error !== undefined) throw tile.error;
      for (const panel of tile.panels) {
        panels.push([tile.answer.minerId, panel.firstStep, panel.steps, ...panel.values]);
      }
    }
    const wanted = [1, 2, 4].flatMap((minerId) =>
      runs.map(({ from, to }) => [
        minerId,
        from,
        to - from,
        ...walk(minerId).subarray(7 * from, 7 * to),
      ]),
    );
    expect(panels).toEqual(wanted);
    const [first = ""] = await blobKeys(store, "s/");
    await tamper(store, first, flipByte(9));
    const errors = [...(await readAll(read)).values()].filter((tile) => tile instanceof Error);
    expect(errors).toHaveLength(1);
  });

  test.each([undefined, new KernelMemory(2 ** 20)])(
    "puts some steps of one tile after the other's where it is told, in whatever memory",
    async (memory) => {
      const { library } = await published({ blobs: atHand });
      const predictions = await openPredictionStore({ library, memory });
      const read = await predictions.read(key);
      const out = (memory?.float32(30) ?? new Float32Array(30)).fill(-1);
      const found: [number, Float32Array][] = [];
      for await (const { answer, values } of read.slice({ from: 30, to: 34 }, { out })) {
        expect([values?.buffer, values?.byteOffset]).toEqual([out.buffer, out.byteOffset]);
        found.push([answer.minerId, values?.slice() ?? new Float32Array()]);
      }
      expect(found).toEqual([1, 2, 4].map((id) => [id, walk(id).slice(7 * 30, 7 * 34)]));
      expect([...out.subarray(28)]).toEqual([-1, -1]);
      const small = read.slice({ from: 30, to: 35 }, { out });
      await expect(small.next()).rejects.toThrow(RangeError);
    },
  );

  test.each([undefined, new KernelMemory(2 ** 20)])(
    "gives the same to readings that take turns, whatever memory they work in",
    async (memory) => {
      const { library } = await published({ blobs: atHand });
      const predictions = await openPredictionStore({ library, memory });
      const read = await predictions.read(key);
      const out = memory?.float32(7 * steps);
      const [tiles, slices] = [read.tiles({ out }), read.slice({ from: 30, to: 34 })];
      for (const minerId of [1, 2, 4]) {
        const tile = (await tiles.next()).value?.values;
        const slice = (await slices.next()).value?.values;
        expect(bitsOf(tile ?? new Float32Array())).toEqual(bitsOf(walk(minerId)));
        expect(slice).toEqual(walk(minerId).subarray(7 * 30, 7 * 34));
      }
      expect((await tiles.next()).done).toBe(true);
      expect((await sliceAll(read, { from: 0, to: 1 })).size).toBe(3);
    },
  );

  test.each([
    { from: 5, to: 5 },
    { from: 6, to: 5 },
    { from: -1, to: 5 },
    { from: 0, to: 71 },
    { from: 0.5, to: 2 },
    { from: Number.NaN, to: 2 },
  ])("refuses the steps %j", async (range) => {
    const { read } = await published();
    await expect(sliceAll(read, range)).rejects.toMatchObject({ code: "invalid-slice" });
  });

  test.each([
    [[[5, 5]]],
    [[[31, 33]]],
    [[[64, 71]]],
    [
      [
        [0, 2],
        [3, 4],
      ],
    ],
    [
      [
        [32, 33],
        [0, 1],
      ],
    ],
  ])("refuses the runs %j", async (pairs) => {
    const { read } = await published();
    const runs = pairs.map(([from = 0, to = 0]) => ({ from, to }));
    const reading = async () => await read.panels(runs).next();
    await expect(reading).rejects.toMatchObject({ code: "invalid-slice" });
  });

  test("can stop early", async () => {
    const { read } = await published();
    const ids: number[] = [];
    for await (const { answer } of read.tiles()) {
      ids.push(answer.minerId);
      break;
    }
    expect(ids).toEqual([1]);
  });

  test("ends with the signal's error, not with damaged tiles", async () => {
    const { read } = await published();
    const controller = new AbortController();
    controller.abort();
    const tiles = read.tiles({ signal: controller.signal });
    await expect(tiles.next()).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("a damaged tile", () => {
  test("is found whichever byte of it was flipped, and harms no other", async () => {
    const { read, store } = await published();
    const keys = await blobKeys(store, "s/");
    expect(keys).toHaveLength(9);
    const [first = ""] = keys;
    const { length } = (await store.blobs.get(first as never)) ?? [];
    for (let index = 0; index < length; index += 1) {
      await tamper(store, first, flipByte(index));
      const tiles = await readAll(read);
      const damaged = [...tiles].filter(([, tile]) => tile instanceof Error);
      expect(damaged).toHaveLength(1);
      expect(damaged[0]?.[1]).toMatchObject({ name: "PredictionStoreError", code: "damaged" });
      await tamper(store, first, flipByte(index));
    }
    for (const tile of (await readAll(read)).values()) expect(tile).not.toBeInstanceOf(Error);
  });

  test("is found when a segment is missing, cut or longer", async () => {
    for (const change of [
      (): undefined => undefined,
      (bytes: Uint8Array) => bytes.slice(0, -1),
      (bytes: Uint8Array) => new Uint8Array([...bytes, 0]),
    ]) {
      const { read, store } = await published();
      const [first = ""] = await blobKeys(store, "s/");
      await tamper(store, first, change);
      const errors = [...(await readAll(read)).values()].filter((tile) => tile instanceof Error);
      expect(errors).toHaveLength(1);
    }
  });

  test("is found when another miner's sound segment lies in its place", async () => {
    const { read, store } = await published();
    const [first = "", , , fourth = ""] = await blobKeys(store, "s/");
    const other = (await store.blobs.get(fourth as never)) ?? new Uint8Array();
    const own = (await store.blobs.get(first as never)) ?? new Uint8Array();
    await tamper(store, first, () => other);
    await tamper(store, fourth, () => own);
    const errors = [...(await readAll(read)).values()].filter((tile) => tile instanceof Error);
    expect(errors).toHaveLength(2);
    await expect(read.readTile(1)).rejects.toMatchObject({ code: "damaged" });
  });
});

import { describe, expect, test } from "vitest";
import { createTraceList, type TraceList, type TraceStore } from "../../src/index.ts";
import { openTestTraces, totalsOf } from "./open-test-traces.ts";

/** 256 positions of one trace each as one append, from a position on. */
async function fillTile(
  traces: TraceStore<"float32">,
  list: TraceList,
  from: number,
  positions = 256,
): Promise<void> {
  const values = Float32Array.from(
    { length: list.ids.length * positions },
    (_, index) => index % 977,
  );
  await traces.appendColumns({ traces: list, from, positions, values });
}

function miners(count: number): TraceList {
  return createTraceList(
    Array.from({ length: count }, (_, index) => ({
      asset: ["BTC", "ETH"][index % 2] as string,
      miner: String(index),
    })),
  );
}

describe("what is asked costs the same, however many tiles there are:", () => {
  test.each([4, 60])("%i tiles", async (tiles) => {
    const { traces, store } = await openTestTraces({ valueType: "float32" });
    const list = miners(3);
    for (let tile = 0; tile < tiles; tile += 1) await fillTile(traces, list, 256 * tile);
    const end = 256 * tiles;

    type Read = (reader: TraceStore<"float32">) => Promise<unknown>;
    const totals = async (read: Read): Promise<ReturnType<typeof totalsOf>> => {
      const { traces: reader, counter } = await openTestTraces({
        valueType: "float32",
        existing: store,
      });
      await read(reader);
      return totalsOf(counter);
    };
    const costOf = async (read: Read): Promise<number> => (await totals(read)).calls;
    // One record, one version, and what is read of the tile's pack.
    expect(await costOf((reader) => reader.readTile(tiles - 1))).toBeLessThanOrEqual(4);
    expect(await costOf((reader) => reader.readMatrix(end - 10, end))).toBeLessThanOrEqual(4);
    expect(await costOf((reader) => reader.readMatrix(5, 6))).toBeLessThanOrEqual(4);
    expect(await costOf((reader) => reader.densePositions(300))).toBeLessThanOrEqual(4);
    expect(await costOf((reader) => reader.latest({ tiles: 1 }))).toBeLessThanOrEqual(4);
    expect(await costOf((reader) => reader.same(end - 1))).toBeLessThanOrEqual(4);
    // Records of other tiles are not read along.
    const bytes = [
      await totals((reader) => reader.latest({ tiles: 1 })),
      await totals((reader) => reader.densePositions(200)),
    ].map(({ bytesRead }) => bytesRead);
    for (const read of bytes) expect(read).toBeLessThan(2000);
  });
});

test("a short set is searched for dense positions to its first tile and no further", async () => {
  const { traces, counter } = await openTestTraces({ valueType: "float32" });
  await fillTile(traces, miners(2), 0, 3);
  counter.reset();
  expect(await traces.densePositions(256)).toEqual([0, 1, 2]);
  expect(totalsOf(counter).calls).toBeLessThanOrEqual(4);
});

test("a reader that knows a tile asks for its record and no more", async () => {
  const { traces, counter } = await openTestTraces({ valueType: "float32" });
  await fillTile(traces, miners(2), 0);
  await traces.latest();
  await traces.count({ from: 0, to: 256 });
  counter.reset();
  expect(await traces.count({ from: 0, to: 256 })).toBe(2);
  expect(totalsOf(counter).calls).toBe(1);
});

test("an append to an open tile costs what is appended, not what is there", async () => {
  const { traces, counter } = await openTestTraces({ valueType: "float32" });
  const list = miners(2000);
  await fillTile(traces, list, 0, 250);
  counter.reset();
  await traces.append(250, [{ params: { asset: "BTC", miner: "0" }, value: 1 }]);
  const { bytesRead, bytesWritten } = totalsOf(counter);
  expect(bytesRead + bytesWritten).toBeLessThan(20_000);
});

test("appends of the same traces store their names once", async () => {
  const { traces, library, counter } = await openTestTraces({ valueType: "float32" });
  const list = miners(500);
  const append = (from: number): Promise<unknown> =>
    traces.appendColumns({ traces: list, from, values: new Float32Array(500).fill(from) });
  await append(0);
  const first = totalsOf(counter).bytesWritten;
  counter.reset();
  await append(1);
  // Fewer of them, too.
  await traces.append(
    2,
    list.params.slice(0, 200).map((params) => ({ params, value: 2 })),
  );
  const { manifest } = await library.resolve("trace/test/2147483647");
  expect(manifest.segments).toHaveLength(1 + 3 * 2);
  expect(totalsOf(counter).bytesWritten).toBeLessThan(2 * first);
});

test("a query for few traces reads few of a tile's blocks", async () => {
  const { traces, store, library } = await openTestTraces({ valueType: "float32" });
  const list = miners(4000);
  const random = Float32Array.from({ length: 4000 * 256 }, (_, index) =>
    Math.fround(Math.sin(index) * 1e6),
  );
  await traces.appendColumns({ traces: list, from: 0, positions: 256, values: random });
  const { storedBytes } = await library.resolve("trace/test/2147483647");
  const { traces: reader, counter } = await openTestTraces({
    valueType: "float32",
    existing: store,
  });
  const matrix = await reader.readMatrix(0, 256, { where: { miner: ["17", "170", "1700"] } });
  expect(matrix.ids).toHaveLength(3);
  const row = matrix.ids.indexOf(",asset=ETH,miner=17,");
  const found = matrix.values.subarray(row * 256, (row + 1) * 256);
  expect(found.join()).toBe(random.subarray(17 * 256, 18 * 256).join());
  expect(totalsOf(counter).bytesRead).toBeLessThan(storedBytes / 2);
});

test("a tile of many blocks comes whole", async () => {
  const { traces } = await openTestTraces({ valueType: "float32", tileSize: 128 });
  const list = miners(2500);
  const values = Float32Array.from({ length: 2500 * 128 }, (_, index) => index);
  await traces.appendColumns({ traces: list, from: 0, positions: 128, values });
  const block = await traces.readTile(0);
  expect(block?.ids).toEqual([...list.ids].sort());
  const places = new Map(list.ids.map((id, place) => [id, place]));
  for (const [row, id] of (block?.ids ?? []).entries()) {
    const place = places.get(id) as number;
    if (block?.values[row * 128 + 127] === place * 128 + 127) continue;
    expect.fail(`values of ${id}`);
  }
  const blocks: number[] = [];
  for await (const { ids } of traces.readRange(0, 128, { blockBytes: 512 * 1024 })) {
    blocks.push(ids.length);
  }
  expect(blocks.length).toBeGreaterThan(2);
  expect(blocks.reduce((sum, count) => sum + count, 0)).toBe(2500);
});

test("twenty thousand values of one key are told apart", async () => {
  const { traces } = await openTestTraces({ valueType: "float32" });
  const list = createTraceList(
    Array.from({ length: 20_000 }, (_, index) => ({ run: `r${index}`, of: "all" })),
  );
  await traces.appendColumns({ traces: list, from: 0, values: new Float32Array(20_000).fill(1) });
  await traces.append(1, [{ params: { run: "r5", of: "all" }, value: 5 }]);
  const { ids, values } = await traces.readMatrix(0, 2, { where: { run: { matches: /^r5$/ } } });
  expect([ids, ...values]).toEqual([[",of=all,run=r5,"], 1, 5]);
  expect(await traces.count({ where: { of: "all" } })).toBe(20_000);
});

test("more than an append may hold is refused before anything is stored", async () => {
  const { traces, counter } = await openTestTraces({ valueType: "float32" });
  const long = "x".repeat(4000);
  function* entries(): Generator<{ params: { n: string }; value: number }> {
    for (let index = 0; index < 17_000; index += 1) {
      yield { params: { n: long + String(index) }, value: 1 };
    }
  }
  await expect(traces.append(0, entries())).rejects.toMatchObject({ code: "too-large" });
  expect(totalsOf(counter).calls).toBe(0);
});

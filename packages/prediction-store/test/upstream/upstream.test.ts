import type { RowStore } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { describe, expect, test } from "vitest";
import {
  importUpstreamRequest,
  listUpstreamRequests,
  readUpstreamTiles,
  UNKNOWN_MINER_UID,
  type ListUpstreamOptions,
  type UpstreamTile,
} from "../../src/index.ts";
import {
  bitsOf,
  openTestStore,
  readAll,
  request,
  validAnswer,
  walk,
} from "../store/open-test-store.ts";
import { putCell, putTile, upstreamBytes } from "./upstream-table.ts";

const later = { ...request, startUnixSeconds: request.startUnixSeconds + 3600 };
const ether = { ...request, asset: "ETH" };
const key = (miner: string) => `BTC#${request.startUnixSeconds}#${miner}`;

async function listed(table: RowStore, options?: ListUpstreamOptions): Promise<string[]> {
  const requests: string[] = [];
  for await (const { asset, startUnixSeconds } of listUpstreamRequests(table, options)) {
    requests.push(`${asset} ${startUnixSeconds}`);
  }
  return requests;
}

async function tilesOf(table: RowStore, minerIds?: number[]): Promise<UpstreamTile[]> {
  const tiles: UpstreamTile[] = [];
  for await (const tile of readUpstreamTiles(table, request, { minerIds })) tiles.push(tile);
  return tiles;
}

describe("rows of upstream's", () => {
  test("are listed by request, one row read of each", async () => {
    const table = openMemoryStore().table("low");
    for (const minerId of [1, 2, 3]) {
      for (const of of [request, later, ether]) await putTile(table, of, minerId, walk(minerId));
    }
    await putCell(table, "__probe__", Uint8Array.of(1));
    await putCell(table, "odd#key", Uint8Array.of(1));
    await putCell(table, "ZZZ#1512475200#000001", Uint8Array.of(1), { family: "other" });
    const foreign: string[] = [];
    const counted = countRows(table);
    const [first, second] = [request.startUnixSeconds, later.startUnixSeconds];
    expect(await listed(counted.table, { onForeign: (odd) => foreign.push(odd) })).toEqual([
      `BTC ${first}`,
      `BTC ${second}`,
      `ETH ${first}`,
    ]);
    expect(foreign).toEqual(["__probe__", "odd#key"]);
    expect(counted.rows).toBe(5);
    expect(await listed(table, { asset: "BTC" })).toEqual([`BTC ${first}`, `BTC ${second}`]);
    expect(await listed(table, { fromUnixSeconds: second })).toEqual([`BTC ${second}`]);
    expect(await listed(table, { toUnixSeconds: second })).toEqual([
      `BTC ${first}`,
      `ETH ${first}`,
    ]);
  });

  test("are read bit for bit, in order of miners, and of this request alone", async () => {
    const table = openMemoryStore().table("low");
    for (const minerId of [1_000_000, 12, 3]) await putTile(table, request, minerId, walk(minerId));
    await putTile(table, later, 4, walk(4));
    await putTile(table, ether, 5, walk(5));
    const tiles = await tilesOf(table);
    expect(tiles.map(({ minerId }) => minerId)).toEqual([3, 12, 1_000_000]);
    for (const { minerId, tile } of tiles) {
      expect(bitsOf(tile ?? new Float32Array())).toEqual(bitsOf(walk(minerId)));
    }
  });

  test("count by their newest cell", async () => {
    const table = openMemoryStore().table("low");
    for (const [seed, timestampMicros] of [
      [7, 2000],
      [8, 9000],
      [9, 1000],
    ] as const) {
      await putCell(table, key("000001"), upstreamBytes(walk(seed), request), { timestampMicros });
    }
    const [{ tile } = {}] = await tilesOf(table);
    expect(bitsOf(tile ?? new Float32Array())).toEqual(bitsOf(walk(8)));
  });

  test("are told one by one when they are damaged", async () => {
    const table = openMemoryStore().table("low");
    const sound = upstreamBytes(walk(1), request);
    await putCell(table, key("000001"), sound);
    await putCell(table, key("000002"), sound.subarray(1));
    await putCell(table, key("000003"), new Uint8Array(sound.length + 4));
    await putCell(table, key("000004"), new Uint8Array());
    await putCell(table, key("000005"), sound, { qualifier: "e" });
    for (const [index, value] of [0, -1, Number.NaN, Infinity].entries()) {
      const tile = walk(1);
      tile[11] = value;
      await putTile(table, request, 6 + index, tile);
    }
    await putTile(table, request, 10, walk(10));
    const tiles = await tilesOf(table, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(tiles.filter(({ tile }) => tile !== undefined).map(({ minerId }) => minerId)).toEqual([
      1, 10,
    ]);
    const messages = new Map(tiles.map(({ minerId, error }) => [minerId, error?.message]));
    for (const minerId of [2, 3, 4]) expect(messages.get(minerId)).toContain("another length");
    expect(messages.get(5)).toContain("no cell p:d");
    for (const minerId of [6, 7, 8, 9])
      expect(messages.get(minerId)).toContain("simulation=4 step=1");
    expect(messages.get(11)).toContain("missing");
    const codes = tiles.flatMap(({ error }) => error?.code ?? []);
    expect(codes).toEqual(Array.from({ length: 9 }, () => "damaged"));
  });

  test("are imported as a published request, once", async () => {
    const table = openMemoryStore().table("low");
    for (const minerId of [1, 2, 3]) await putTile(table, request, minerId, walk(minerId));
    await putCell(table, key("000004"), Uint8Array.of(1, 2, 3));
    const { predictions } = await openTestStore();
    const damaged: number[] = [];
    const options = {
      minerUids: new Map([[1, 17]]),
      onDamaged: (minerId: number) => damaged.push(minerId),
    };
    const imported = await importUpstreamRequest(table, predictions, request, options);
    expect(imported).toMatchObject({
      published: { version: 1, changed: true, answers: { valid: 3, invalid: 0 } },
      tiles: 3,
      damaged: 1,
    });
    expect(damaged).toEqual([4]);
    const published = await predictions.read(imported.published?.key ?? "");
    expect(published.answers).toMatchObject([
      { minerId: 1, minerUid: 17 },
      { minerId: 2, minerUid: UNKNOWN_MINER_UID },
      { minerId: 3, minerUid: UNKNOWN_MINER_UID },
    ]);
    const tiles = await readAll(published);
    for (const minerId of [1, 2, 3]) expect(tiles.get(minerId)).toEqual(bitsOf(walk(minerId)));
    const again = await importUpstreamRequest(table, predictions, request, options);
    expect(again.published).toMatchObject({ version: 1, changed: false });
  });
});

test("a request without a sound row is not published", async () => {
  const table = openMemoryStore().table("low");
  await putCell(table, key("000004"), Uint8Array.of(1));
  const { predictions } = await openTestStore();
  expect(await importUpstreamRequest(table, predictions, request)).toEqual({
    published: undefined,
    tiles: 0,
    damaged: 1,
  });
  for await (const batch of predictions.list()) expect(batch).toEqual([]);
});

test("an import builds on what was published with its own statuses", async () => {
  const table = openMemoryStore().table("low");
  await putTile(table, request, 2, walk(2));
  const { predictions } = await openTestStore();
  await predictions.publish(request, [validAnswer(1)]);
  const { published } = await importUpstreamRequest(table, predictions, request);
  expect(published).toMatchObject({ version: 2, answers: { valid: 2 } });
});

test("a request that makes no sense is refused", async () => {
  const reading = readUpstreamTiles(openMemoryStore().table("low"), { ...request, simulations: 0 });
  await expect(reading.next()).rejects.toMatchObject({ code: "invalid-request" });
});

/** The table, and how many rows were read from it. */
function countRows(table: RowStore): { readonly table: RowStore; readonly rows: number } {
  const counted = {
    rows: 0,
    table: {
      ...table,
      capabilities: table.capabilities,
      async *readRows(...parameters: Parameters<RowStore["readRows"]>) {
        for await (const batch of table.readRows(...parameters)) {
          counted.rows += batch.length;
          yield batch;
        }
      },
    } as RowStore,
  };
  return counted;
}

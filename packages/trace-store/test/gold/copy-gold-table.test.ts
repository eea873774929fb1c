import { encodeTraceId } from "@foretile/keyspace";
import { openMemoryStore } from "@foretile/storage/memory";
import { createLibrary } from "@foretile/version-store";
import { describe, expect, it, vi } from "vitest";

import {
  copyGoldTable,
  type CopyProblem,
  type GoldEntry,
  type GoldTable,
} from "../../src/gold/index.ts";
import { isTraceStoreError, openTraceStore, type TraceStore } from "../../src/index.ts";
import { digest, drawn, goldSetup, NOW_MS, setCell } from "./gold-setup.ts";

async function nativeStore(tileSize = 256): Promise<TraceStore<"digest">> {
  const library = await createLibrary({ store: openMemoryStore() });
  return openTraceStore({ library, set: "gold", valueType: "digest", tileSize });
}

/** Everything up to a position in both, in one form. */
async function bothDrawn(
  gold: GoldTable,
  store: TraceStore<"digest">,
  to: number,
): Promise<readonly unknown[]> {
  const there = await gold.readMatrix(0, to);
  const copied = await store.readMatrix(0, to);
  const options = Object.fromEntries(there.ids.map((id, row) => [id, there.options[row]]));
  const copiedOptions = await store.options({ tiles: 100 });
  return [
    [drawn(there), options],
    [
      drawn({ ...copied, params: [], options: [], problems: [] }),
      Object.fromEntries([
        ...copied.ids.map((id) => [id, undefined]),
        ...copiedOptions.map((of) => [of.id, of.options]),
      ]),
    ],
  ];
}

async function fill(gold: GoldTable): Promise<void> {
  const names = ["plain", "a=b,c:%2C é", "triangle"];
  for (const [position, digits] of [
    [0, "abc"],
    [255, "-b-"],
    [256, "cba"],
    [1000, "a-c"],
  ] as const) {
    const entries = names.flatMap((name, index): readonly GoldEntry[] => {
      const digit = digits[index] ?? "-";
      if (digit === "-") return [];
      const options = index === 0 ? { at: `${position}` } : index === 1 ? {} : undefined;
      return [{ params: { name, "os=": "x" }, value: digest(digit), options }];
    });
    await gold.put(position, entries, { valueTimeMs: NOW_MS, positionTimeMs: position * 1000 });
  }
}

describe("a copy of a table", () => {
  it.each([256, 100, 4096])(
    "fault 17: has every value and all options, of any text, in tiles of %d, and is the same when it is made again",
    async (tileSize) => {
      const { gold } = await goldSetup();
      await fill(gold);
      const store = await nativeStore(tileSize);
      const tiles: number[] = [];
      const copied = await copyGoldTable(gold, store, { onTile: (tile) => tiles.push(tile) });
      expect(copied).toEqual({ tiles: 3, points: 9, options: 5, problems: 0 });
      expect(tiles).toEqual([0, 1, 3]);
      const [there, made] = await bothDrawn(gold, store, 1001);
      expect(made).toEqual(there);

      await copyGoldTable(gold, store);
      const [, again] = await bothDrawn(gold, store, 1001);
      expect(again).toEqual(there);
    },
  );

  it("fault 14: has a trace under one id in all tiles, where Gold's differ", async () => {
    const { gold } = await goldSetup();
    await fill(gold);
    const store = await nativeStore();
    await copyGoldTable(gold, store);
    const id = encodeTraceId({ name: "triangle", "os=": "x" });
    const matrix = await store.readMatrix(0, 1001, { ids: [id] });
    expect(matrix.ids).toEqual([id]);
    expect(matrix.states.reduce((sum, state) => sum + Math.sign(state), 0)).toBe(3);
  });

  it("goes on when it was cut off, and takes only what is asked for", async () => {
    const { gold } = await goldSetup();
    await fill(gold);
    const store = await nativeStore();
    const part = await copyGoldTable(gold, store, { from: 256, to: 1000 });
    expect(part).toMatchObject({ tiles: 2, points: 3 });
    expect(await store.densePositions(10)).toEqual([256]);
    const stopping = new AbortController();
    await expect(
      copyGoldTable(gold, store, { onTile: () => stopping.abort(), signal: stopping.signal }),
    ).rejects.toThrow(/abort/);
    await copyGoldTable(gold, store);
    const [there, made] = await bothDrawn(gold, store, 1001);
    expect(made).toEqual(there);
  });

  it("puts options beside the last point of their trace", async () => {
    const { gold } = await goldSetup();
    await fill(gold);
    const store = await nativeStore();
    await copyGoldTable(gold, store, { to: 256 });
    const options = await store.options();
    expect(options.map(({ position }) => position)).toEqual([255, 0]);
  });

  it("is made in appends of the wanted size, with the caller's words and signal", async () => {
    const { gold } = await goldSetup();
    await fill(gold);
    const store = await nativeStore();
    const columns = vi.spyOn(store, "appendColumns");
    const entries = vi.spyOn(store, "append");
    const words = { user: "me", message: "moved", signal: new AbortController().signal };
    await copyGoldTable(gold, store, { ...words, appendBytes: 2 * 256 * 17 });
    const rows = columns.mock.calls.map(([{ traces }]) => traces.ids.length);
    expect(rows).toEqual([2, 1, 2, 1, 2]);
    for (const [, given] of columns.mock.calls) expect(given).toEqual(words);
    for (const [, , given] of entries.mock.calls) expect(given).toEqual(words);
    const [there, made] = await bothDrawn(gold, store, 1001);
    expect(made).toEqual(there);

    const single = await nativeStore();
    await copyGoldTable(gold, single, { appendBytes: 1 });
    expect((await bothDrawn(gold, single, 1001))[1]).toEqual(there);
  });

  it.each([
    [-1, 5],
    [5, 4],
  ])("is not made of positions %d to %d", async (from, to) => {
    const { gold } = await goldSetup();
    await expect(copyGoldTable(gold, await nativeStore(), { from, to })).rejects.toThrow(
      expect.toSatisfy((error) => isTraceStoreError(error, "invalid-position", "invalid-argument")),
    );
  });

  it("tells what it does not have", async () => {
    const { gold, rows } = await goldSetup();
    const long = "é".repeat(500);
    await gold.put(
      0,
      [
        { params: { a: "sound" }, value: digest("a") },
        { params: { a: "nothing" }, options: { ext: "png" } },
        { params: { a: "options" }, value: digest("b"), options: { a: long, b: long, c: long } },
      ],
      { valueTimeMs: NOW_MS, positionTimeMs: 0 },
    );
    await setCell(rows, "11:ts:t:2147483647:,0=1,", ["T", "001"], new Uint8Array(3), 1000);
    await setCell(rows, "10:ts:t:2147483647:,1=0,", ["T", "001"], digest("c"), 1000);
    const problems: CopyProblem[] = [];
    const store = await nativeStore();
    const copied = await copyGoldTable(gold, store, {
      onProblem: (problem) => problems.push(problem),
    });
    expect(problems.map(({ tile, what, reason }) => `${tile} ${reason} ${what}`)).toEqual([
      "0 foreign-row 10:ts:t:2147483647:,1=0,",
      "0 invalid-digest 11:ts:t:2147483647:,0=1,",
      "0 options-refused ,a=options,",
    ]);
    expect(copied).toEqual({ tiles: 1, points: 3, options: 1, problems: 3 });
    const matrix = await store.readMatrix(0, 2);
    expect(drawn({ ...matrix, params: [], options: [], problems: [] })).toEqual({
      ",a=nothing,": "-!",
      ",a=options,": "b-",
      ",a=sound,": "a-",
    });
  });

  it("tells traces without a point", async () => {
    const { gold } = await goldSetup();
    await gold.put(0, [{ params: { a: "b" }, options: { ext: "png" } }], {
      valueTimeMs: NOW_MS,
      positionTimeMs: 0,
    });
    const problems: CopyProblem[] = [];
    const onProblem = (problem: CopyProblem): unknown => problems.push(problem);
    await copyGoldTable(gold, await nativeStore(), { onProblem });
    expect(problems).toEqual([
      { tile: 0, what: ",a=b,", reason: "no-point", message: "from=0 to=256" },
    ]);
  });
});

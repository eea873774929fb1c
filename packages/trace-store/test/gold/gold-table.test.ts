import { isStorageError, type RowStatus } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { describe, expect, it } from "vitest";

import { openGoldTable, textOfDigest, type GoldEntry } from "../../src/gold/index.ts";
import { decodeOps } from "../../src/gold/gob/decode-ops.ts";
import { isTraceStoreError } from "../../src/index.ts";
import { cellsOf, collect, digest, drawn, goldSetup, NOW_MS, setCell } from "./gold-setup.ts";

const times = { valueTimeMs: NOW_MS, positionTimeMs: NOW_MS };
const value = digest("a");

function code(...codes: Parameters<typeof isTraceStoreError>[1][]): unknown {
  return expect.toSatisfy((error) => isTraceStoreError(error, ...codes));
}

function devices(count: number): GoldEntry[] {
  return Array.from({ length: count }, (_, number) => ({
    params: { device: `d${number}` },
    value,
    options: { ext: "png" },
  }));
}

async function filled(): ReturnType<typeof goldSetup> {
  const setup = await goldSetup();
  await setup.gold.put(255, devices(40), times);
  await setup.gold.put(256, devices(30), times);
  await setup.gold.put(700, devices(50), times);
  return setup;
}

describe("a table", () => {
  it("must have the families", async () => {
    const rows = openMemoryStore().table("other");
    await rows.setFamily("O", {});
    await expect(openGoldTable({ rows })).rejects.toThrow(code("not-a-gold-table"));
  });

  it("keeps one version of a cell, and rules that are there", async () => {
    const { rows } = await goldSetup();
    expect(await rows.families()).toEqual(
      new Map([
        ["O", { maxVersions: 1 }],
        ["P", { maxVersions: 1 }],
        ["T", { maxVersions: 1 }],
      ]),
    );
  });

  it.each([{ fanOut: 0 }, { fanOut: 33 }, { maxAttempts: 0 }, { cacheBytes: -1 }, { fanOut: 1.5 }])(
    "is not opened with %j",
    async (options) => {
      const { rows } = await goldSetup();
      await expect(openGoldTable({ rows, ...options })).rejects.toThrow(code("invalid-argument"));
    },
  );
});

describe("entries that cannot be stored", () => {
  it("are told one by one, and do not keep others from being stored", async () => {
    const { gold, rows } = await goldSetup();
    const many = Object.fromEntries(Array.from({ length: 96 }, (_, key) => [`k${key}`, "v"]));
    const { results, stored } = await gold.put(
      0,
      [
        { params: { a: "good" }, value },
        { params: {}, value },
        { params: { "": "x" }, value },
        { params: { a: "\ud800" }, value },
        { params: { a: "good" }, value: digest("b") },
        { params: { a: "short" }, value: new Uint8Array(15) },
        { params: { a: "options" }, value, options: { "a=b": "c" } },
        { params: { a: "options" }, value, options: { a: "%2C" } },
        { params: { a: "options" }, value, options: { a: "x".repeat(5000) } },
        { params: { a: "x".repeat(5000) }, value },
        { params: many, value },
        { params: { a: "good too" }, value },
      ],
      times,
    );
    expect(results.map((result) => ("reason" in result ? result.reason : result.status))).toEqual([
      "stored",
      "invalid-params",
      "invalid-params",
      "invalid-params",
      "duplicate",
      "invalid-value",
      "invalid-options",
      "invalid-options",
      "invalid-options",
      "id-too-long",
      "id-too-long",
      "stored",
    ]);
    expect(stored).toBe(2);
    expect(drawn(await gold.readMatrix(0, 1))).toEqual({ ",a=good%20too,": "a", ",a=good,": "a" });
    const [dictionary] = (await cellsOf(rows)).get(":ts:o:2147483647:")?.slice(1) ?? [];
    expect(decodeOps(dictionary?.value ?? value).entries()).toEqual([["a", ["good", "good too"]]]);
  });

  it("are those whose names have no room for their numbers, too", async () => {
    const { gold } = await goldSetup();
    const wide = (text: string): GoldEntry => ({
      params: Object.fromEntries(Array.from({ length: 90 }, (_, key) => [`k${key}`, text])),
      value,
    });
    const { results } = await gold.put(0, [wide("v"), { params: { a: "b" }, value }], times);
    expect(results).toMatchObject([
      { status: "rejected", reason: "id-too-long" },
      { status: "stored" },
    ]);
  });

  it.each([-1, 0.5, 2 ** 31, Number.NaN])("position %d is refused", async (position) => {
    const { gold, rows } = await goldSetup();
    await expect(gold.put(position, devices(1), times)).rejects.toThrow(code("invalid-position"));
    expect(await cellsOf(rows)).toEqual(new Map());
  });

  it("the last position is not", async () => {
    const { gold } = await goldSetup();
    await gold.put(2 ** 31 - 1, devices(1), times);
    expect((await gold.readDense(1)).positions).toEqual([2 ** 31 - 1]);
  });

  it.each([
    { valueTimeMs: -1 },
    { valueTimeMs: 0.5 },
    { valueTimeMs: 2 ** 52 },
    { valueTimeMs: 0, positionTimeMs: -1 },
    { valueTimeMs: 0 },
  ])("times %j are refused", async (wrong) => {
    const { gold } = await goldSetup();
    await expect(gold.put(0, devices(1), wrong)).rejects.toThrow(code("invalid-argument"));
  });

  it("nothing is put without an entry", async () => {
    const { gold, rows } = await goldSetup();
    expect(await gold.put(0, [], times)).toMatchObject({ stored: 0, results: [] });
    expect(await cellsOf(rows)).toEqual(new Map());
  });
});

describe("rows that fail", () => {
  it("fault 2: are told in the end, where Gold reports success", async () => {
    const keyPrefix = "11:ts:t";
    const { gold, rows } = await goldSetup([{ fault: { type: "fail" }, keyPrefix }], {
      maxAttempts: 3,
    });
    const { stored, results } = await gold.put(0, devices(3), times);
    expect(stored).toBe(2);
    expect(results).toEqual([
      { status: "stored" },
      {
        status: "failed",
        error: expect.toSatisfy((error) => isStorageError(error, "unavailable")),
      },
      { status: "stored" },
    ]);
    expect([...(await cellsOf(rows)).keys()].filter((row) => row.includes(":t:"))).toHaveLength(2);
  });

  it("are tried again alone until they are written", async () => {
    const sent: (readonly string[])[] = [];
    const { gold } = await goldSetup([
      { fault: { type: "fail" }, keyPrefix: "11:ts:t", nth: 1 },
      { fault: { type: "lose-reply" }, keyPrefix: "08:ts:t", nth: 1 },
      { fault: { type: "fail" }, keyPrefix: "08:ts:t", nth: 1 },
    ]);
    const mutateRows = gold.rows.mutateRows.bind(gold.rows);
    gold.rows.mutateRows = (mutations, options): Promise<readonly RowStatus[]> => {
      sent.push(mutations.map(({ key }) => key.slice(0, 7)));
      return mutateRows(mutations, options);
    };
    const { stored } = await gold.put(0, devices(3), times);
    expect(stored).toBe(3);
    expect(sent.slice(1)).toEqual([["11:ts:t", "08:ts:t"], ["08:ts:t"]]);
    expect((await gold.readTile(0)).ids).toHaveLength(3);
  });

  it("are tried again without those for which it cannot help", async () => {
    const sent: number[] = [];
    const { gold } = await goldSetup([
      { fault: { type: "fail", error: () => new Error("for good") }, keyPrefix: "11:ts:t" },
      { fault: { type: "fail" }, keyPrefix: "08:ts:t", nth: 1 },
    ]);
    const mutateRows = gold.rows.mutateRows.bind(gold.rows);
    gold.rows.mutateRows = (mutations, options): Promise<readonly RowStatus[]> => {
      sent.push(mutations.length);
      return mutateRows(mutations, options);
    };
    const { results } = await gold.put(0, devices(3), times);
    expect(results.map(({ status }) => status)).toEqual(["stored", "failed", "stored"]);
    expect(sent).toEqual([6, 1]);
  });

  it("are not tried again when that cannot help", async () => {
    const { gold, rows } = await goldSetup();
    await gold.put(0, devices(1), times);
    const mutateRows = gold.rows.mutateRows.bind(gold.rows);
    let calls = 0;
    gold.rows.mutateRows = async (mutations): Promise<readonly RowStatus[]> => {
      calls += 1;
      return mutations.map(({ key }) => ({ key, ok: false, error: new Error("for good") }));
    };
    const { results } = await gold.put(0, devices(2), times);
    expect(calls).toBe(1);
    expect(results.map(({ status }) => status)).toEqual(["failed", "failed"]);
    gold.rows.mutateRows = mutateRows;
    expect((await cellsOf(rows)).size).toBe(3);
  });
});

describe("what does not say what it should", () => {
  it("is left out and told, and the rest is read, where Gold drops it or fails", async () => {
    const { gold, rows } = await goldSetup();
    await gold.put(0, [{ params: { device: "a" }, value, options: { ext: "png" } }], times);
    const at = NOW_MS * 1000;
    const rowOf = "10:ts:t:2147483647:,0=0,";
    await setCell(rows, "11:ts:t:2147483647:,0=1,", ["T", "000"], value, at);
    await setCell(rows, "11:ts:t:2147483647:,0=0,", ["T", "000"], value, at);
    await setCell(rows, "00:ts:t:2147483647:x", ["T", "000"], value, at);
    await setCell(rows, rowOf, ["T", "256"], value, at);
    await setCell(rows, rowOf, ["T", "x"], value, at);
    await setCell(rows, rowOf, ["T", "001"], new Uint8Array(7), at);
    await setCell(rows, "10:ts:p:2147483647:,0=0,", ["P", "B"], Buffer.from("x/y"), at);
    const block = await gold.readTile(0);
    expect(drawn(block)).toEqual({ ",device=a,": `a!${"-".repeat(254)}` });
    expect(block.options).toEqual([undefined]);
    const told = block.problems.map(({ row, reason }) => `${reason} ${row}`);
    expect(told.toSorted((left, right) => (left < right ? -1 : 1))).toEqual([
      "foreign-column 10:ts:t:2147483647:,0=0,",
      "foreign-column 10:ts:t:2147483647:,0=0,",
      "foreign-row 00:ts:t:2147483647:x",
      "foreign-row 11:ts:t:2147483647:,0=0,",
      "invalid-digest 10:ts:t:2147483647:,0=0,",
      "undecodable-id 11:ts:t:2147483647:,0=1,",
      "undecodable-options 10:ts:p:2147483647:,0=0,",
    ]);
  });

  it("cells of the other row, which Gold wrote into both, are looked past", async () => {
    const { gold, rows } = await goldSetup();
    await gold.put(0, [{ params: { device: "a" }, value, options: { ext: "png" } }], times);
    const at = (NOW_MS + 1) * 1000;
    await setCell(rows, "10:ts:t:2147483647:,0=0,", ["P", "B"], Buffer.from(",ext=old,"), at);
    await setCell(rows, "10:ts:p:2147483647:,0=0,", ["T", "000"], digest("b"), at);
    await setCell(rows, "10:ts:p:2147483647:,0=0,", ["T", "B"], Buffer.from(",a=b,"), at);
    await setCell(rows, "10:ts:p:2147483647:,0=0,", ["P", "A"], Buffer.from(",a=b,"), at);
    const block = await gold.readTile(0);
    expect(drawn(block)).toEqual({ ",device=a,": `a${"-".repeat(255)}` });
    expect(block.options).toEqual([{ ext: "png" }]);
    expect(block.problems).toEqual([]);
  });
});

describe("reading", () => {
  it("lists the tiles with data, the newest first", async () => {
    const { gold } = await filled();
    expect(await collect(gold.tiles())).toEqual([2, 1, 0]);
  });

  it("gives each trace of a tile once, whatever the fan-out", async () => {
    const { gold, another } = await filled();
    const block = await gold.readTile(0);
    expect(block.ids).toHaveLength(40);
    expect(block.ids).toEqual(block.ids.toSorted((a, b) => (a < b ? -1 : 1)));
    for (const fanOut of [1, 3, 32]) {
      expect(await (await another({ fanOut })).readTile(0)).toEqual(block);
    }
  });

  it("fault 18: makes no more requests at once than were allowed, where Gold makes 65 a tile", async () => {
    const { gold, another } = await filled();
    const narrow = await another({ fanOut: 3 });
    let underWay = 0;
    let most = 0;
    const readRows = gold.rows.readRows.bind(gold.rows);
    narrow.rows.readRows = async function* counted(selection, options) {
      const isScan = selection.ranges !== undefined && selection.ranges.length > 1;
      if (isScan) underWay += 1;
      most = Math.max(most, underWay);
      try {
        yield* readRows(selection, options);
      } finally {
        if (isScan) underWay -= 1;
      }
    };
    await Promise.all([narrow.readTile(0), narrow.readTile(1), narrow.readMatrix(0, 701)]);
    expect(most).toBe(3);
  });

  it("streams a range tile by tile, the oldest first, each trace of a tile once", async () => {
    const { gold } = await filled();
    const found = new Map<number, string[]>();
    for await (const block of gold.readRange(255, 701)) {
      found.set(block.from, [...(found.get(block.from) ?? []), ...block.ids]);
      expect(block.to - block.from).toBe(
        new Map([
          [255, 1],
          [256, 256],
          [512, 189],
        ]).get(block.from),
      );
      expect(Object.values(drawn(block)).every((points) => points.includes("a"))).toBe(true);
    }
    expect([...found].map(([from, ids]) => [from, new Set(ids).size, ids.length])).toEqual([
      [255, 40, 40],
      [256, 30, 30],
      [512, 50, 50],
    ]);
  });

  it("reads one trace by one row of each tile", async () => {
    const { gold, count } = await filled();
    await gold.readDense(600);
    count("rows.readRows");
    const series = await gold.readTrace({ device: "d35" }, 0, 2 ** 31);
    expect(series.positions).toEqual([255, 700]);
    expect(series.values.map(textOfDigest)).toEqual(["a".repeat(32), "a".repeat(32)]);
    expect(await gold.readTrace({ device: "d35" }, 256, 700)).toMatchObject({ positions: [] });
    expect(await gold.readTrace({ device: "nobody" }, 0, 800)).toMatchObject({ positions: [] });
  });

  it("finds traces with the same digest", async () => {
    const { gold } = await goldSetup();
    const entries = Array.from("aabcbbd").map((digit, number) => ({
      params: { n: String(number) },
      value: digest(digit),
    }));
    await gold.put(9, [...entries, { params: { n: "x" } }, { params: { n: "y" } }], times);
    await gold.put(10, [{ params: { n: "6" }, value: digest("a") }], times);
    const groups = (await gold.same(9)).map((group) => [textOfDigest(group.value)[0], group.ids]);
    expect(groups).toEqual([
      ["b", [",n=2,", ",n=4,", ",n=5,"]],
      ["a", [",n=0,", ",n=1,"]],
    ]);
  });

  it("fault 19: refuses what would not fit into memory, before it is read whole", async () => {
    const { gold } = await filled();
    const maxBytes = 20 * 256 * 17;
    await expect(gold.readTile(0, { maxBytes })).rejects.toThrow(code("too-large"));
    await expect(gold.readMatrix(0, 2 ** 31, { maxBytes })).rejects.toThrow(code("too-large"));
    await expect(gold.readDense(5, { maxBytes })).rejects.toThrow(code("too-large"));
    const blocks = await collect(gold.readRange(0, 256, { maxBytes }));
    expect(blocks.flatMap(({ ids }) => ids)).toHaveLength(40);
  });

  it("ends with the first request that fails, and with the caller's signal", async () => {
    const { gold } = await goldSetup([
      { fault: { type: "fail" }, keyPrefix: "12:ts:t", operations: ["rows.readRows"] },
    ]);
    await gold.put(0, devices(3), times);
    const signals: (AbortSignal | undefined)[] = [];
    const readRows = gold.rows.readRows.bind(gold.rows);
    gold.rows.readRows = (selection, options) => {
      if (selection.ranges !== undefined) signals.push(options?.signal);
      return readRows(selection, options);
    };
    await expect(gold.readTile(0)).rejects.toThrow(
      expect.toSatisfy((error) => isStorageError(error, "unavailable")),
    );
    expect(signals.map((ended) => ended?.aborted)).toEqual(signals.map(() => true));
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(gold.readTile(0, { signal })).rejects.toThrow("enough");
    await expect(collect(gold.tiles({ signal }))).rejects.toThrow(
      expect.toSatisfy((error) => isStorageError(error, "aborted")),
    );
  });

  it.each([
    [-1, 5],
    [5, 4],
    [0, 2 ** 31 + 1],
    [0, 1.5],
  ])("refuses the range %d to %d", async (from, to) => {
    const { gold } = await goldSetup();
    const wrong = code("invalid-position", "invalid-argument");
    await expect(gold.readMatrix(from, to)).rejects.toThrow(wrong);
    await expect(gold.readTrace({ a: "b" }, from, to)).rejects.toThrow(wrong);
    await expect(collect(gold.readRange(from, to))).rejects.toThrow(wrong);
  });

  it.each([0, -1, 1.5])("refuses %d positions", async (count) => {
    const { gold } = await goldSetup();
    await expect(gold.readDense(count)).rejects.toThrow(code("invalid-argument"));
    await expect(gold.readTile(count - 0.25)).rejects.toThrow(code("invalid-position"));
  });
});

describe("deleting a tile", () => {
  it("fault 16: takes the rows of all its traces, and of no other tile", async () => {
    const { gold, rows } = await goldSetup();
    await gold.put(0, devices(40), times);
    await gold.put(256, devices(2), times);
    expect(await gold.deleteTile(0)).toBe(80);
    expect(await gold.deleteTile(0)).toBe(0);
    expect((await gold.readTile(0)).ids).toEqual([]);
    expect((await gold.readDense(5)).positions).toEqual([256]);
    expect((await cellsOf(rows)).size).toBe(4 + 2);
  });

  it("leaves the dictionary, so that a writer that has it in memory names the same traces", async () => {
    const { gold, another } = await goldSetup();
    const writer = await another();
    await writer.put(0, devices(2), times);
    await gold.deleteTile(0);
    await gold.put(0, [{ params: { device: "new" }, value: digest("c") }], times);
    await writer.put(0, devices(2), times);
    expect(drawn(await gold.readMatrix(0, 1))).toEqual({
      ",device=d0,": "a",
      ",device=d1,": "a",
      ",device=new,": "c",
    });
  });

  it("takes the dictionary too when that is wanted", async () => {
    const { gold, rows } = await goldSetup();
    await gold.put(0, devices(2), times);
    await gold.deleteTile(0, { dictionary: true });
    expect(await cellsOf(rows)).toEqual(new Map());
    await gold.put(0, devices(1), times);
    expect((await gold.readTile(0)).ids).toEqual([",device=d0,"]);
  });

  it("fails when rows stay, and goes on when it is repeated", async () => {
    const { gold } = await goldSetup([{ fault: { type: "fail" }, keyPrefix: "11:ts:p", nth: 2 }], {
      maxAttempts: 1,
    });
    await gold.put(0, devices(3), times);
    await expect(gold.deleteTile(0)).rejects.toThrow(
      expect.toSatisfy((error) => isStorageError(error, "unavailable")),
    );
    expect(await gold.deleteTile(0)).toBe(1);
  });
});

import { OrderedParamSet } from "@foretile/keyspace/gold";
import { isStorageError, toKey } from "@foretile/storage";
import { describe, expect, it } from "vitest";

import { decodeOps } from "../../src/gold/gob/decode-ops.ts";
import { encodeOps } from "../../src/gold/gob/encode-ops.ts";
import { isTraceStoreError } from "../../src/index.ts";
import { cellsOf, digest, drawn, goldSetup, NOW_MS, setCell } from "./gold-setup.ts";

const damaged: unknown = expect.toSatisfy((error) => isTraceStoreError(error, "tile-damaged"));
const times = { valueTimeMs: NOW_MS };
const row = ":ts:o:2147483647:";
const value = digest("a");

function entriesOf(cells: Awaited<ReturnType<typeof cellsOf>>): unknown {
  const content = cells.get(row)?.find(({ qualifier }) => qualifier === "OPS")?.value;
  return decodeOps(content ?? new Uint8Array()).entries();
}

describe("changes of a dictionary", () => {
  it("vector 50: by eight writers at once, all of them last, and no number is given twice", async () => {
    const { gold, another, rows } = await goldSetup();
    const wanted = ["x86", "arm"].flatMap((cpu) =>
      ["8888", "565"].flatMap((config) => ["linux", "win"].map((os) => ({ cpu, config, os }))),
    );
    const writers = await Promise.all(wanted.map(() => another()));
    const puts = await Promise.all(
      writers.map((writer, index) =>
        writer.put(index, [{ params: wanted[index] ?? {}, value }], times),
      ),
    );
    expect(puts.map(({ stored }) => stored)).toEqual(wanted.map(() => 1));
    const content = (await cellsOf(rows)).get(row)?.[1]?.value ?? new Uint8Array();
    const ops = decodeOps(content);
    expect(wanted.every((params) => ops.has(params))).toBe(true);
    expect(ops.entries().flatMap(([, values]) => values)).toHaveLength(6);
    const block = await gold.readTile(0);
    expect(block.problems).toEqual([]);
    expect(block.ids).toHaveLength(8);
  });

  it("fault 13: puts of one process do not take the change from each other", async () => {
    const { gold, rows, count } = await goldSetup();
    await gold.put(0, [{ params: { device: "first" }, value }], times);
    count("rows.checkAndMutateRow");
    const devices = Array.from({ length: 10 }, (_, number) => `d${number % 5}`);
    await Promise.all(
      devices.map((device, index) => gold.put(index, [{ params: { device }, value }], times)),
    );
    expect(count("rows.checkAndMutateRow")).toBe(5);
    expect(entriesOf(await cellsOf(rows))).toEqual([
      ["device", ["first", "d0", "d1", "d2", "d3", "d4"]],
    ]);
  });

  it("fault 3: a writer whose clock is hours ahead takes no number from others, where two traces became one", async () => {
    const { gold, rows } = await goldSetup();
    const ahead = (NOW_MS + 5 * 3_600_000) * 1000;
    const content = encodeOps(OrderedParamSet.of([["device", ["a"]]]));
    await setCell(rows, row, ["O", "H"], Buffer.from("tag"), ahead);
    await setCell(rows, row, ["O", "OPS"], content, ahead);

    await gold.put(0, [{ params: { device: "b" }, value: digest("b") }], times);
    await gold.put(0, [{ params: { device: "c" }, value: digest("c") }], times);
    expect(entriesOf(await cellsOf(rows))).toEqual([["device", ["a", "b", "c"]]]);
    expect(drawn(await gold.readMatrix(0, 1))).toEqual({ ",device=b,": "b", ",device=c,": "c" });
    const cells = (await cellsOf(rows)).get(row) ?? [];
    expect(cells.map(({ timestampMicros }) => timestampMicros)).toEqual([
      ahead + 2000,
      ahead + 2000,
    ]);
  });

  it("leaves nothing of earlier states in a table without a rule for versions", async () => {
    const { gold, rows } = await goldSetup();
    await rows.setFamily("O", {});
    for (const device of ["a", "b", "c"]) {
      await gold.put(0, [{ params: { device }, value }], times);
    }
    expect((await cellsOf(rows)).get(row)).toHaveLength(2);
  });

  it.each(["fail", "lose-reply"] as const)(
    "are tried again when the first %ss, and made once",
    async (type) => {
      const { gold, rows } = await goldSetup([
        { fault: { type }, operations: ["rows.checkAndMutateRow"], nth: 1 },
      ]);
      const { stored } = await gold.put(0, [{ params: { device: "a" }, value }], times);
      expect(stored).toBe(1);
      expect(entriesOf(await cellsOf(rows))).toEqual([["device", ["a"]]]);
    },
  );

  it("fault 5: the first one ends, after as many tries as are allowed, where Gold spins", async () => {
    const { gold, rows } = await goldSetup(
      [{ fault: { type: "fail" }, operations: ["rows.checkAndMutateRow"] }],
      { maxAttempts: 5 },
    );
    await expect(gold.put(0, [{ params: { device: "a" }, value }], times)).rejects.toThrow(
      expect.toSatisfy((error) => isStorageError(error, "unavailable")),
    );
    expect(await cellsOf(rows)).toEqual(new Map());
  });

  it("end with a conflict when others are faster every time, and nothing is written", async () => {
    const { gold, rows } = await goldSetup([], { maxAttempts: 3 });
    await gold.put(0, [{ params: { device: "a" }, value }], times);
    let changes = 0;
    const checkAndMutateRow = gold.rows.checkAndMutateRow.bind(gold.rows);
    gold.rows.checkAndMutateRow = async (mutation, options) => {
      changes += 1;
      await setCell(rows, row, ["O", "H"], Buffer.from(`tag ${changes}`), NOW_MS * 2000);
      return checkAndMutateRow(mutation, options);
    };
    await expect(gold.put(0, [{ params: { device: "b" }, value }], times)).rejects.toThrow(
      expect.toSatisfy((error) => isTraceStoreError(error, "conflict") && error.retry === "safe"),
    );
    expect(changes).toBe(3);
    expect((await gold.readTile(0)).ids).toEqual([",device=a,"]);
  });

  it("end with their signal", async () => {
    const { gold, rows } = await goldSetup([
      { fault: { type: "fail" }, operations: ["rows.checkAndMutateRow"] },
    ]);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(
      gold.put(0, [{ params: { device: "a" }, value }], { ...times, signal }),
    ).rejects.toThrow("enough");
    expect(await cellsOf(rows)).toEqual(new Map());
  });
});

describe("dictionaries in memory", () => {
  it("fault 11: a reader sees traces that others added, where Gold's lost them", async () => {
    const { gold, another } = await goldSetup();
    await gold.put(0, [{ params: { device: "a" }, value }], times);
    const reader = await another();
    expect((await reader.readTile(0)).ids).toEqual([",device=a,"]);

    await gold.put(0, [{ params: { device: "b" }, value }], times);
    expect((await reader.readTile(0)).ids).toEqual([",device=a,", ",device=b,"]);
    await gold.put(0, [{ params: { device: "c" }, value }], times);
    expect((await reader.readTrace({ device: "c" }, 0, 256)).positions).toEqual([0]);
    await gold.put(0, [{ params: { device: "d" }, value }], times);
    expect((await reader.same(0)).flatMap(({ ids }) => ids)).toHaveLength(4);
  });

  it("are dropped when they take too much room, and read again", async () => {
    const { gold, count } = await goldSetup([], { cacheBytes: 200 });
    await gold.put(0, [{ params: { device: "a" }, value }], times);
    await gold.put(0, [{ params: { device: "a" }, value }], times);
    expect(count("rows.checkAndMutateRow")).toBe(1);
    await gold.put(256, [{ params: { device: "a" }, value }], times);
    count("rows.readRows");
    await gold.put(0, [{ params: { device: "a" }, value }], times);
    expect(count("rows.readRows")).toBeGreaterThan(0);
  });
});

describe("a dictionary that cannot be read", () => {
  const content = encodeOps(OrderedParamSet.of([["device", ["a"]]]));
  const tag = Buffer.from("tag");

  it.each<[string, Uint8Array | undefined, Uint8Array | undefined]>([
    ["only a tag", tag, undefined],
    ["only content", undefined, content],
    ["an empty tag", new Uint8Array(), content],
    ["content that is cut", tag, content.subarray(0, -1)],
  ])("vector 54: %s is told by name, and never written over", async (_, h, ops) => {
    const { gold, rows } = await goldSetup();
    if (h !== undefined) await setCell(rows, row, ["O", "H"], h);
    if (ops !== undefined) await setCell(rows, row, ["O", "OPS"], ops);
    const before = await cellsOf(rows);
    await expect(gold.readTile(0)).rejects.toThrow(damaged);
    await expect(gold.put(0, [{ params: { device: "b" }, value }], times)).rejects.toThrow(damaged);
    expect(await cellsOf(rows)).toEqual(before);
  });

  it("vector 54: one more column in it is told too", async () => {
    const { gold, rows } = await goldSetup();
    for (const [column, bytes] of [
      ["H", tag],
      ["OPS", content],
      ["R", tag],
    ] as const) {
      await setCell(rows, row, ["O", column], bytes);
    }
    await expect(gold.readTile(0)).rejects.toThrow(damaged);
  });

  it("fault 15: when it is lost, each row that it named is told", async () => {
    const { gold, another, rows } = await goldSetup();
    await gold.put(0, [{ params: { device: "a" }, value }], times);
    await rows.mutateRows([{ key: toKey(row), mutations: [{ type: "delete-row" }] }]);
    const block = await (await another()).readTile(0);
    expect(block.ids).toEqual([]);
    expect(block.problems).toMatchObject([
      { row: "10:ts:t:2147483647:,0=0,", reason: "undecodable-id" },
    ]);
  });
});

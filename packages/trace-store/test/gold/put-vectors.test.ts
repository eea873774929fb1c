import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";

import { digestOfText, type GoldPutOptions } from "../../src/gold/index.ts";
import { decodeOps } from "../../src/gold/gob/decode-ops.ts";
import { cellsOf, digest, drawn, goldSetup, NOW_MS } from "./gold-setup.ts";

const MADE_MS = Date.UTC(2019, 4, 5, 1, 3, 4);
const times: GoldPutOptions = { valueTimeMs: MADE_MS, positionTimeMs: 2 * 1700 * 1000 };
const entry = {
  params: { device: "angler" },
  options: { ext: "png" },
  value: digestOfText("000075b9c0f1b6a831c399e269772661"),
};

function at(position: number): GoldPutOptions {
  return { valueTimeMs: MADE_MS, positionTimeMs: position * 1000 };
}

describe("one put", () => {
  it("vectors 102 to 105, 76, fault 1: three rows of one cell each, where Gold writes both cells twice", async () => {
    const { gold, rows } = await goldSetup();
    await gold.put(2, [entry], times);
    const cells = await cellsOf(rows);

    expect([...cells.keys()]).toEqual([
      "10:ts:p:2147483647:,0=0,",
      "10:ts:t:2147483647:,0=0,",
      ":ts:o:2147483647:",
    ]);
    expect(cells.get("10:ts:t:2147483647:,0=0,")).toEqual([
      {
        family: "T",
        qualifier: "002",
        timestampMicros: 1_557_018_184_000_000,
        value: entry.value,
      },
    ]);
    expect(cells.get("10:ts:p:2147483647:,0=0,")).toEqual([
      {
        family: "P",
        qualifier: "B",
        timestampMicros: 3_400_000_000,
        value: Uint8Array.from(Buffer.from(",ext=png,")),
      },
    ]);
    const [tag, content] = cells.get(":ts:o:2147483647:") ?? [];
    expect([tag?.family, tag?.qualifier, content?.family, content?.qualifier]).toEqual([
      "O",
      "H",
      "O",
      "OPS",
    ]);
    const bytes = content?.value ?? new Uint8Array();
    expect(decodeOps(bytes).entries()).toEqual([["device", ["angler"]]]);
    // Fault 4: the tag is of the bytes beside it.
    expect(Buffer.from(tag?.value ?? []).toString()).toBe(
      createHash("md5").update(bytes).digest("hex"),
    );
    expect(tag?.timestampMicros).toBe(NOW_MS * 1000);
  });

  it("vector 106: a put of what is known asks nothing of the dictionary", async () => {
    const { gold, rows, count } = await goldSetup();
    await gold.put(2, [entry], times);
    expect(count("rows.checkAndMutateRow")).toBe(1);
    const before = await cellsOf(rows);

    const again = await gold.put(2, [entry], times);
    expect(again).toEqual({ position: 2, tile: 0, stored: 1, results: [{ status: "stored" }] });
    expect(await cellsOf(rows)).toEqual(before);
    expect(count("rows.readRows")).toBe(0);

    await gold.put(2, [{ ...entry, params: { device: "bullhead" } }], times);
    expect(count("rows.checkAndMutateRow")).toBe(1);
    expect((await cellsOf(rows)).has("11:ts:t:2147483647:,0=1,")).toBe(true);
  });

  it("vector 107: with a dictionary out of date, the change is tried twice", async () => {
    const { gold, another, rows, count } = await goldSetup();
    await gold.put(2, [entry], times);
    await gold.put(2, [{ params: { device: "bullhead" } }], times);
    await (await another()).put(2, [{ params: { device: "crosshatch" } }], times);
    count("rows.readRows");

    await gold.put(2, [{ params: { device: "dev4" } }], times);
    // Refused, read, accepted.
    const content = (await cellsOf(rows)).get(":ts:o:2147483647:")?.[1]?.value;
    expect(decodeOps(content ?? new Uint8Array()).entries()).toEqual([
      ["device", ["angler", "bullhead", "crosshatch", "dev4"]],
    ]);
    expect(count("rows.checkAndMutateRow")).toBe(2);
  });

  it("vector 81: an entry that says nothing about options has no row for them", async () => {
    const { gold, rows } = await goldSetup();
    await gold.put(2, [{ params: entry.params, value: entry.value }], times);
    expect([...(await cellsOf(rows)).keys()]).toEqual([
      "10:ts:t:2147483647:,0=0,",
      ":ts:o:2147483647:",
    ]);
  });
});

describe("which value holds", () => {
  const params = { name: "x" };

  it("vector 75: the one that was made last, whatever came last", async () => {
    const { gold } = await goldSetup();
    await gold.put(3, [{ params, value: digest("a") }], { valueTimeMs: MADE_MS });
    await gold.put(3, [{ params, value: digest("b") }], { valueTimeMs: MADE_MS - 3_600_000 });
    expect(drawn(await gold.readMatrix(3, 4))).toEqual({ ",name=x,": "a" });
    await gold.put(3, [{ params, value: digest("b") }], { valueTimeMs: MADE_MS });
    expect(drawn(await gold.readMatrix(3, 4))).toEqual({ ",name=x,": "b" });
  });

  it("a missing digest hides an earlier one, and makes the trace", async () => {
    const { gold } = await goldSetup();
    await gold.put(3, [{ params, value: digest("a") }], { valueTimeMs: MADE_MS });
    await gold.put(3, [{ params }], { valueTimeMs: MADE_MS + 1 });
    await gold.put(4, [{ params: { name: "y" } }], { valueTimeMs: MADE_MS });
    expect(drawn(await gold.readMatrix(3, 5))).toEqual({ ",name=x,": "--", ",name=y,": "--" });
  });
});

describe("which options hold", () => {
  const params = { name: "x" };
  const value = digest("a");

  it("vector 82: of the same position, those that came last", async () => {
    const { gold } = await goldSetup();
    await gold.put(2, [{ params, value, options: { should: "be overwritten" } }], times);
    await gold.put(2, [{ params, value, options: { ext: "png" } }], times);
    expect((await gold.readTile(0)).options).toEqual([{ ext: "png" }]);
  });

  it("vector 83: of one tile, those of the later position", async () => {
    const { gold } = await goldSetup();
    await gold.put(10, [{ params, value, options: { ext: "png" } }], at(10));
    await gold.put(5, [{ params, value, options: { ext: "old" } }], at(5));
    expect((await gold.readTile(0)).options).toEqual([{ ext: "png" }]);
  });

  it("vector 84, fault 12: of several tiles, those of the newest as a whole, in every kind of reading", async () => {
    const { gold } = await goldSetup();
    await gold.put(100, [{ params, value, options: { b: "2", c: "old" } }], times);
    await gold.put(500, [{ params, value, options: { a: "1", c: "new" } }], times);
    for (const matrix of [
      await gold.readMatrix(0, 512),
      await gold.readDense(2),
      await gold.readDense(300),
    ]) {
      expect(matrix.options).toEqual([{ a: "1", c: "new" }]);
    }
  });

  it("vector 85, fault 12: a newer tile without any does not hide those of an older one", async () => {
    const { gold } = await goldSetup();
    await gold.put(10, [{ params, value, options: { ext: "png" } }], times);
    await gold.put(290, [{ params, value }], times);
    expect((await gold.readMatrix(0, 300)).options).toEqual([{ ext: "png" }]);
  });

  it("fault 12: they can be cleared, in the way that Gold reads as none", async () => {
    const { gold, rows } = await goldSetup();
    await gold.put(10, [{ params, value, options: { ext: "png" } }], times);
    await gold.put(290, [{ params, value, options: {} }], times);
    expect((await gold.readMatrix(0, 300)).options).toEqual([{}]);
    const cleared = [...(await cellsOf(rows))].find(([row]) => row.includes(":p:2147483646:"));
    expect(cleared?.[1][0]?.value).toEqual(new Uint8Array());
  });
});

import type { RowStore, Store } from "@foretile/storage";
import { createInstantClock } from "@foretile/testkit";
import { openTraceStore } from "@foretile/trace-store";
import {
  copyGoldTable,
  openGoldTable,
  provisionGoldTable,
  textOfDigest,
  type GoldEntry,
  type GoldMatrix,
} from "@foretile/trace-store/gold";
import { createLibrary } from "@foretile/version-store";
import { expect, it } from "vitest";

const MADE_MS = Date.UTC(2019, 4, 5, 1, 3, 4);
const times = { valueTimeMs: MADE_MS, positionTimeMs: 3_400_000 };

/** What a table in Gold's layout promises, on a real store. */
export function goldTableCases(store: Store): void {
  let tables = 0;

  async function provisioned(): Promise<RowStore> {
    tables += 1;
    const rows = store.table(`gold${tables}`);
    await provisionGoldTable(rows);
    await provisionGoldTable(rows);
    return rows;
  }

  it("vectors 102 to 105: has one cell in each row of a trace, and two in a dictionary", async () => {
    const rows = await provisioned();
    const gold = await openGoldTable({ rows });
    const entry = { ...sample("angler", "0"), options: { ext: "png" } };
    await gold.put(2, [entry], times);
    expect(await cellsOf(rows)).toEqual([
      "10:ts:p:2147483647:,0=0, P:B 3400000000 2c6578743d706e672c",
      `10:ts:t:2147483647:,0=0, T:002 1557018184000000 ${"0".repeat(32)}`,
      expect.stringMatching(/^:ts:o:2147483647: O:H \d+ ([0-9a-f]{2}){32}$/),
      expect.stringMatching(/^:ts:o:2147483647: O:OPS \d+ [0-9a-f]+$/),
    ]);
  });

  it("vector 50: is written by many at once, and no trace takes another's place", async () => {
    const rows = await provisioned();
    const digits = Array.from("abcdef");
    const puts = digits.map(async (digit, index) => {
      const gold = await openGoldTable({ rows });
      const entries = digits.map((other) => sample(`${digit}${other}`, digit));
      return gold.put(254 + (index % 4), entries, times);
    });
    for (const { stored } of await Promise.all(puts)) expect(stored).toBe(6);
    const gold = await openGoldTable({ rows });
    const matrix = await gold.readMatrix(254, 258);
    expect(matrix.problems).toEqual([]);
    expect(matrix.ids).toHaveLength(36);
    expect(firstDigits(matrix).every(([id, digit]) => id === `,device=${digit}`)).toBe(true);
    expect((await gold.readDense(2)).positions).toEqual([256, 257]);
  });

  it("fault 3: is changed by a writer whose clock is hours behind the one before", async () => {
    const rows = await provisioned();
    const [ahead, behind] = await Promise.all(
      [MADE_MS + 5 * 3_600_000, MADE_MS].map((startMs) =>
        openGoldTable({ rows, clock: createInstantClock({ startMs }) }),
      ),
    );
    await ahead?.put(0, [sample("a", "a")], times);
    await behind?.put(0, [sample("b", "b")], times);
    await ahead?.put(0, [sample("c", "c")], times);
    const matrix = await (await openGoldTable({ rows })).readMatrix(0, 1);
    expect(matrix.problems).toEqual([]);
    expect(firstDigits(matrix)).toEqual([
      [",device=a", "a"],
      [",device=b", "b"],
      [",device=c", "c"],
    ]);
  });

  it("vector 75: keeps what was made last, and clears and deletes what is to go", async () => {
    const rows = await provisioned();
    const gold = await openGoldTable({ rows });
    await gold.put(7, [{ ...sample("x", "a"), options: { ext: "png" } }], times);
    await gold.put(7, [sample("x", "b")], { valueTimeMs: MADE_MS - 1 });
    await gold.put(7, [sample("y", "a")], times);
    await gold.put(300, [sample("x", "c")], times);
    expect((await gold.same(7)).map(({ ids }) => ids)).toEqual([[",device=x,", ",device=y,"]]);
    expect((await gold.readMatrix(0, 512)).options).toEqual([{ ext: "png" }, undefined]);

    await gold.put(8, [{ ...sample("x", "a"), options: {} }], times);
    expect((await gold.readMatrix(0, 512)).options).toEqual([{}, undefined]);
    expect(await gold.deleteTile(0)).toBe(3);
    expect((await gold.readDense(9)).positions).toEqual([300]);
    const series = await gold.readTrace({ device: "x" }, 0, 512);
    expect(series.positions).toEqual([300]);
    expect(series.values.map(textOfDigest)).toEqual(["c".repeat(32)]);
  });

  it("is copied into a trace store", async () => {
    const gold = await openGoldTable({ rows: await provisioned() });
    await gold.put(0, [{ ...sample("x", "a"), options: { ext: "png" } }, sample("y", "b")], times);
    await gold.put(300, [sample("y", "c"), sample("x", "d")], times);
    const library = await createLibrary({ store });
    const copy = await openTraceStore({ library, set: "gold", valueType: "digest" });
    const copied = await copyGoldTable(gold, copy);
    expect(copied).toEqual({ tiles: 2, points: 4, options: 1, problems: 0 });
    const there = await gold.readDense(5);
    expect(await copy.readDense(5)).toMatchObject({
      ids: there.ids,
      positions: there.positions,
      states: there.states,
      values: there.values,
    });
    expect(await copy.options()).toEqual([
      { id: ",device=x,", position: 0, options: { ext: "png" } },
    ]);
  });
}

function sample(device: string, digit: string): GoldEntry {
  return { params: { device }, value: Uint8Array.from(Buffer.from(digit.repeat(32), "hex")) };
}

async function cellsOf(rows: RowStore): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const batch of rows.readRows({})) {
    for (const { key, cells } of batch) {
      for (const { family, qualifier, timestampMicros, value } of cells) {
        const hex = Buffer.from(value).toString("hex");
        found.push(`${key} ${family}:${qualifier} ${timestampMicros} ${hex}`);
      }
    }
  }
  return found;
}

/** Of each trace the beginning of its id, and the first digit of its one digest. */
function firstDigits({
  ids,
  positions,
  values,
}: GoldMatrix): readonly (readonly [string, string])[] {
  return ids.map((id, row) => {
    const start = row * positions.length * 16;
    const digests = Buffer.from(values.subarray(start, start + positions.length * 16));
    return [id.slice(0, 9), digests.toString("hex").replaceAll("0", "")[0] ?? "0"];
  });
}

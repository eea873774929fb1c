import { paramSetOf } from "@foretile/keyspace";
import { describe, expect, it } from "vitest";

import { digestOfText, textOfDigest, type GoldTable } from "../../src/gold/index.ts";
import { isTraceStoreError, POINT } from "../../src/index.ts";
import { digest, drawn, goldSetup, NOW_MS, setCell } from "./gold-setup.ts";

const invalidArgument: unknown = expect.toSatisfy((error) =>
  isTraceStoreError(error, "invalid-argument"),
);
const times = { valueTimeMs: NOW_MS };
const row = "10:ts:t:2147483647:,0=0,";

describe("digests", () => {
  it("vectors 70 and 71: as text and as bytes", () => {
    const bytes = digestOfText("8db9913366b07bd14df9a68459e2958b");
    expect([...bytes]).toEqual([
      0x8d, 0xb9, 0x91, 0x33, 0x66, 0xb0, 0x7b, 0xd1, 0x4d, 0xf9, 0xa6, 0x84, 0x59, 0xe2, 0x95,
      0x8b,
    ]);
    expect(textOfDigest(digestOfText("8DB9913366B07BD14DF9A68459E2958B"))).toBe(
      "8db9913366b07bd14df9a68459e2958b",
    );
  });

  it.each(["", "NOPE", "8db9913366b07b", "8db9913366b07bd14df9a68459e2958g"])(
    "vector 73: %j is refused, where Gold stores nothing",
    (text) => {
      expect(() => digestOfText(text)).toThrow(invalidArgument);
    },
  );

  it("vectors 72 to 74: of cells, none and one zero byte are missing, other lengths are invalid", async () => {
    const { gold, rows } = await goldSetup();
    await gold.put(0, [{ params: { a: "b" } }], times);
    for (const [column, length] of [0, 1, 7, 17, 16].entries()) {
      await setCell(rows, row, ["T", `00${column}`], new Uint8Array(length), NOW_MS * 1000);
    }
    const matrix = await gold.readMatrix(0, 6);
    expect(drawn(matrix)).toEqual({ ",a=b,": "--!!0-" });
    expect(matrix.problems.map(({ reason, row: at }) => [reason, at])).toEqual([
      ["invalid-digest", row],
      ["invalid-digest", row],
    ]);
    const series = await gold.readTrace({ a: "b" }, 0, 256);
    expect(series.positions).toEqual([2, 3, 4]);
    expect(series.states).toEqual([POINT.invalid, POINT.invalid, POINT.value]);
    expect(series.problems).toHaveLength(2);
    await setCell(rows, row, ["T", "005"], Uint8Array.of(1), NOW_MS * 1000);
    expect(drawn(await gold.readMatrix(5, 6))).toEqual({ ",a=b,": "!" });
  });
});

async function withData(positions: readonly number[]): Promise<GoldTable> {
  const { gold } = await goldSetup();
  for (const position of positions) {
    await gold.put(position, [{ params: { a: "b" }, value: digest("a") }], times);
  }
  return gold;
}

describe("the newest positions with data", () => {
  it.each([
    [86, 1023, 3, [795, 987, 1001], [795, 987, 1001], 228],
    [87, 1101, 3, [300, 501, 557], [300, 501, 557], 801],
    [88, 1101, 2, [501, 557], [501, 557], 600],
    [89, 1101, 3, [0, 256, 512], [0, 256, 512], 1101],
    [90, 1101, 3, [255, 511, 767], [255, 511, 767], 846],
    [91, 1101, 3, [50, 800, 1100], [50, 800, 1100], 1051],
    [92, 1101, 2, [50, 800, 1100], [800, 1100], 301],
    [93, 1101, 400, [50, 800, 1100], [50, 800, 1100], 1051],
  ])(
    "vector %d: of %d positions the newest %d of %j",
    async (_, total, count, data, dense, all) => {
      const gold = await withData(data);
      const matrix = await gold.readDense(count, { before: total });
      expect(matrix.positions).toEqual(dense);
      expect(total - (matrix.positions[0] ?? total)).toBe(all);
      expect(drawn(matrix)).toEqual({ ",a=b,": "a".repeat(dense.length) });
    },
  );

  it("vector 94: none, without an error", async () => {
    const matrix = await (await withData([])).readDense(3);
    expect(matrix).toMatchObject({ ids: [], positions: [], problems: [] });
  });

  it.each([2560, 2559])(
    "vector 95: %d of 15 360 is found, where Gold gives up after 50 tiles",
    async (position) => {
      const { gold, count } = await goldSetup();
      await gold.put(position, [{ params: { a: "b" }, value: digest("a") }], times);
      count("rows.readRows");
      expect((await gold.readDense(1, { before: 15_360 })).positions).toEqual([position]);
      expect(count("rows.readRows")).toBeLessThanOrEqual(12);
    },
  );

  it("vector 96: a trace without data at them is there, its points missing", async () => {
    const { gold } = await goldSetup();
    await gold.put(1, [{ params: { a: "old" }, value: digest("a") }], times);
    await gold.put(200, [{ params: { a: "new" }, value: digest("b") }], times);
    await gold.put(201, [{ params: { a: "new" }, value: digest("c") }], times);
    const matrix = await gold.readDense(2, { before: 256 });
    expect(matrix.positions).toEqual([200, 201]);
    expect(drawn(matrix)).toEqual({ ",a=new,": "bc", ",a=old,": "--" });
    expect(paramSetOf(matrix.params)).toEqual({ a: ["new", "old"] });
    expect((await gold.readDense(2, { before: 201 })).positions).toEqual([1, 200]);
  });

  it("vector 97, fault 10: reading stops at tile 0: a dozen requests, where Gold makes 3 314", async () => {
    const { gold, count } = await goldSetup();
    for (const position of [0, 1, 2]) {
      await gold.put(position, [{ params: { a: "b" }, value: digest("a") }], times);
    }
    count("rows.readRows");
    expect((await gold.readDense(256, { before: 3 })).positions).toEqual([0, 1, 2]);
    expect(count("rows.readRows")).toBeLessThanOrEqual(12);
  });
});

/** Puts what is drawn: `-` is nothing, `.` a missing digest. */
async function put(
  gold: GoldTable,
  from: number,
  traces: Readonly<Record<string, string>>,
  options?: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, points] of Object.entries(traces)) {
    for (const [index, point] of Array.from(points).entries()) {
      if (point === "-") continue;
      const value = point === "." ? undefined : digest(point);
      const entry = { params: { name }, value, options };
      await gold.put(from + index, [entry], { ...times, positionTimeMs: (from + index) * 1000 });
    }
  }
}

describe("matrices", () => {
  it("vectors 98 and 99: columns with data, and traces on some of them", async () => {
    const { gold } = await goldSetup();
    await put(gold, 0, { one: "--aa-b", two: "9--9-9" });
    const dense = await gold.readDense(6);
    expect(dense.positions).toEqual([0, 2, 3, 5]);
    expect(drawn(dense)).toEqual({ ",name=one,": "-aab", ",name=two,": "9-99" });
    expect(drawn(await gold.readMatrix(0, 2))).toEqual({ ",name=one,": "--", ",name=two,": "9-" });
    expect(drawn(await gold.readMatrix(4, 4))).toEqual({});
  });

  it("vector 100: an older tile before a newer one", async () => {
    const { gold } = await goldSetup();
    await put(gold, 256, { first: "--a", second: "9--" }, { opt: "foo" });
    await put(gold, 254, { first: "-9", third: "9b" }, { opt: "bar" });
    const matrix = await gold.readMatrix(254, 259);
    expect(drawn(matrix)).toEqual({
      ",name=first,": "-9--a",
      ",name=second,": "--9--",
      ",name=third,": "9b---",
    });
    expect(matrix.options).toEqual([{ opt: "foo" }, { opt: "foo" }, { opt: "bar" }]);
  });

  const devices = {
    alpha_angler: "ab9",
    alpha_bullhead: "b-b",
    alpha_crosshatch: "...",
    beta_angler: "-c-",
    beta_bullhead: "cc.",
    beta_crosshatch: "..a",
  };

  it.each([0, 254])(
    "vector 108: traces written point by point, the newest first, from position %d",
    async (from) => {
      const { gold } = await goldSetup();
      for (const column of [2, 1, 0]) {
        const points = Object.entries(devices).map(([name, text]) => [name, text[column] ?? "-"]);
        await put(gold, from + column, Object.fromEntries(points));
      }
      const matrix = await gold.readMatrix(from, from + 3);
      const expected = Object.entries(devices).map(([name, text]) => [
        `,name=${name},`,
        text.replaceAll(".", "-"),
      ]);
      expect(drawn(matrix)).toEqual(Object.fromEntries(expected));
      expect(matrix.problems).toEqual([]);
      const ids = [...matrix.ids];
      expect(ids).toEqual(ids.toSorted((left, right) => (left < right ? -1 : 1)));
    },
  );

  it("vector 108: while they are written by many, whatever is read is whole or missing", async () => {
    const { gold, another } = await goldSetup();
    const writers = await Promise.all(Object.keys(devices).map(() => another()));
    const reader = await another();
    const writing = Object.entries(devices).map(([name, text], index) =>
      put(writers[index] ?? gold, 254, { [name]: text }),
    );
    for (let round = 0; round < 5; round += 1) {
      const matrix = await reader.readMatrix(254, 257);
      expect(matrix.problems).toEqual([]);
      for (const [id, text] of Object.entries(drawn(matrix))) {
        const whole = devices[id.slice(6, -1) as keyof typeof devices].replaceAll(".", "-");
        for (const [column, point] of Array.from(text).entries()) {
          expect(["-", whole[column]]).toContain(point);
        }
      }
    }
    await Promise.all(writing);
    const matrix = await reader.readMatrix(254, 257);
    expect(Object.keys(drawn(matrix))).toHaveLength(6);
    expect(drawn(matrix)).toMatchObject({ ",name=alpha_angler,": "ab9" });
  });
});

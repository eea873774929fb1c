import { describe, expect, test } from "vitest";
import { read } from "../../src/read/read.ts";
import { frame } from "../../src/value/frame.ts";
import { ndarray } from "../../src/value/nd-array.ts";
import { append } from "../../src/write/append.ts";
import { write } from "../../src/write/write.ts";
import { countFetched, openTypedContext, segmentKeys } from "../open-typed-context.ts";
import { cells, joined, numbers, numbersOf, series } from "../series.ts";

describe("append", () => {
  test("vector 19: the first append writes, the next one adds", async () => {
    const { context } = await openTypedContext();
    expect(await append(context, "s", series(30))).toMatchObject({ version: 1, rows: 30 });
    const more = series(20, { start: 30 });
    expect(await append(context, "s", more)).toMatchObject({ version: 2, rows: 50 });
    expect(cells((await read(context, "s")).value)).toEqual(joined(series(30), more));
  });

  test("vector 21: no rows give the version before", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", series(5), { metadata: "m" });
    expect(await append(context, "s", series(0))).toMatchObject({ version: 1, changed: false });
    await expect(read(context, "s", { asOf: 2 })).rejects.toMatchObject({ code: "no-data-found" });
  });

  test("vector 22: 500 appends of one row to an empty frame are few segments", async () => {
    const { context, fetched, counter } = await openTypedContext({ targetBytes: 100_000 });
    await write(context, "s", series(0));
    for (let row = 0; row < 500; row += 1) await append(context, "s", series(1, { start: row }));
    fetched.length = 0;
    const { value } = await read(context, "s");
    expect(cells(value)).toEqual(cells(series(500)));
    expect(countFetched(fetched, "s")).toBeLessThanOrEqual(6);
  });

  test("1 000 appends of one row at once, in groups, are read with at most 15 segments", async () => {
    const { context, fetched } = await openTypedContext({ targetBytes: 100_000 });
    const results = await Promise.all(
      Array.from({ length: 1000 }, (_, row) =>
        append(context, "s", series(1, { start: row }), { validateIndex: false }),
      ),
    );
    expect(new Set(results.map(({ version }) => version)).size).toBe(1000);
    fetched.length = 0;
    const { value } = await read(context, "s");
    expect(cells(value).index.toSorted((a, b) => a - b)).toEqual(cells(series(1000)).index);
    expect(countFetched(fetched, "s")).toBeLessThanOrEqual(15);
  });
});

import { describe, expect, test } from "vitest";
import { read } from "../../src/read/read.ts";
import { write } from "../../src/write/write.ts";
import { openTypedContext, segmentKeys } from "../open-typed-context.ts";
import { cells, numbers, numbersOf, series } from "../series.ts";

describe("write and read", () => {
  test("vector 1: an equal value is a version of its own and stores no segment", async () => {
    const { context, store } = await openTypedContext();
    const first = await write(context, "s", series(200));
    const before = await segmentKeys(store);
    expect(before).toHaveLength(first.newSegments);
    const second = await write(context, "s", series(200));
    expect([first.version, second.version]).toEqual([1, 2]);
    expect(second).toMatchObject({ newSegments: 0, newBytes: 0, changed: true });
    expect(second.sharedSegments).toBe(first.newSegments);
    expect(await segmentKeys(store)).toEqual(before);
    for (const asOf of [1, 2]) {
      expect(cells((await read(context, "s", { asOf })).value)).toEqual(cells(series(200)));
    }
  });

  test("vector 9: of a value that changed at its start and grew, the same chunks are shared", async () => {
    const { context, store } = await openTypedContext();
    const values = Array.from({ length: 1024 }, (_, position) => position / 7);
    expect(await write(context, "s", numbers(values))).toMatchObject({ newSegments: 9 });
    const changed = [-1, -2, -3, ...values.slice(3), ...Array.from({ length: 10 }, Math.sqrt)];
    expect(await write(context, "s", numbers(changed))).toMatchObject({
      newSegments: 2,
      sharedSegments: 7,
    });
    expect(await segmentKeys(store)).toHaveLength(11);
    expect(numbersOf((await read(context, "s")).value)).toEqual(changed);
    expect(numbersOf((await read(context, "s", { asOf: 1 })).value)).toEqual(values);
  });
});

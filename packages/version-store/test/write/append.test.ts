import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { contentOf } from "../../src/content/content.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { read } from "../../src/read/read.ts";
import { resolveVersion } from "../../src/version/resolve-version.ts";
import { append } from "../../src/write/append.ts";
import { write } from "../../src/write/write.ts";
import { writeMetadata } from "../../src/write/write-metadata.ts";
import { withBlobs, withRefs } from "../changed-stores.ts";
import { openTypedContext } from "../open-typed-context.ts";
import { cells, joined, numbers, numbersOf, series } from "../series.ts";

async function blockRows(context: LibraryContext, asOf?: number): Promise<number[]> {
  const { manifest } = await resolveVersion(context, "s", { asOf });
  return contentOf(context.handlers, manifest).blocks.map(({ rows }) => rows);
}

const upTo = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, row) => from + row);

describe("appended blocks", () => {
  test("of many rows close the small ones before them in one", async () => {
    const { context } = await openTypedContext({ targetBytes: 800 });
    await write(context, "s", numbers(upTo(0, 100)));
    await append(context, "s", numbers(upTo(100, 130)));
    await append(context, "s", numbers(upTo(130, 135)));
    await append(context, "s", numbers([135]));
    expect(await blockRows(context)).toEqual([100, 30, 5, 1]);
    await append(context, "s", numbers(upTo(136, 400)));
    expect(await blockRows(context)).toEqual([100, 36, 100, 100, 64]);
    expect(numbersOf((await read(context, "s")).value)).toEqual(upTo(0, 400));
  });

  test("of a group that commits at once are merged by the last of it", async () => {
    const { context } = await openTypedContext({ targetBytes: 80_000 });
    await write(context, "s", numbers([0]));
    const gate = Promise.withResolvers<void>();
    const uploading = withBlobs(context, {
      putNew: async (...call) => {
        for (let turn = 0; turn < 9; turn += 1) await setImmediate();
        return context.blobs.putNew(...call);
      },
    });
    const slow = withRefs(uploading, {
      compareAndSet: async (...call) => {
        if (call[0] === "h/s") await gate.promise;
        return context.refs.compareAndSet(...call);
      },
    });
    const first = writeMetadata(slow, "s", "first");
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    const rest = upTo(1, 60).map((value) => append(slow, "s", numbers([value])));
    for (let turn = 0; turn < 40; turn += 1) await setImmediate();
    gate.resolve();
    const versions = (await Promise.all([first, ...rest])).map(({ version }) => version);
    expect(versions).toEqual(upTo(2, 62));
    expect(numbersOf((await read(context, "s")).value).toSorted((a, b) => a - b)).toEqual(
      upTo(0, 60),
    );
    expect(await blockRows(context)).toHaveLength(1);
    // Those before leave small blocks to it, but not too many.
    const most = await Promise.all(
      versions.map(async (asOf) => (await blockRows(context, asOf)).length),
    );
    expect(Math.max(...most)).toBeGreaterThan(10);
    expect(Math.max(...most)).toBeLessThanOrEqual(34);
  });

  test("of several kinds of changes in one group build on each other", async () => {
    const { context } = await openTypedContext({ targetBytes: 160 });
    await write(context, "s", series(30));
    const changes = await Promise.all([
      append(context, "s", series(3, { start: 30 }), { validateIndex: false }),
      writeMetadata(context, "s", "m"),
      append(context, "s", series(40, { start: 33 }), { validateIndex: false }),
      append(context, "s", series(2, { start: 73 }), { validateIndex: false }),
    ]);
    expect(new Set(changes.map(({ version }) => version))).toEqual(new Set([2, 3, 4, 5]));
    const { value, metadata } = await read(context, "s");
    expect(metadata).toBe("m");
    expect(cells(value).index.toSorted((a, b) => a - b)).toEqual(upTo(0, 75));
  });
});

describe("uploads", () => {
  test("run several at a time, and not more", async () => {
    const { context } = await openTypedContext({ targetBytes: 80 });
    let running = 0;
    let most = 0;
    const counting = withBlobs(context, {
      putNew: async (...call) => {
        running += 1;
        most = Math.max(most, running);
        await setImmediate();
        running -= 1;
        return context.blobs.putNew(...call);
      },
    });
    await write(counting, "s", numbers(upTo(0, 1000)));
    expect(most).toBe(16);
    most = 0;
    await append(counting, "s", numbers(upTo(0, 1000)));
    expect(most).toBe(16);
  });

  test("of few rows run while the version's document is stored", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", series(3));
    const order: string[] = [];
    const watched = withBlobs(context, {
      putNew: async (...call) => {
        const area = call[0].slice(0, 1);
        order.push(`${area} starts`);
        for (let turn = 0; turn < 3; turn += 1) await setImmediate();
        await context.blobs.putNew(...call);
        order.push(`${area} ends`);
      },
    });
    const watching = withRefs(watched, {
      compareAndSet: (...call) => {
        if (call[0] === "h/s") order.push("head");
        return context.refs.compareAndSet(...call);
      },
    });
    await append(watching, "s", series(3, { start: 3 }));
    expect(order).toEqual(["s starts", "v starts", "s ends", "v ends", "head"]);
  });

  test("that fail make the append fail, and leave the value as it is", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", series(20));
    const failing = withBlobs(context, {
      putNew: (...call) =>
        call[0].startsWith("s/")
          ? Promise.reject(new Error("full"))
          : context.blobs.putNew(...call),
    });
    for (const rows of [3, 300]) {
      const more = series(rows, { start: 20 });
      await expect(append(failing, "s", more)).rejects.toThrow("full");
    }
    const { value, version } = await read(context, "s");
    expect(version).toBe(1);
    expect(cells(value)).toEqual(joined(series(20)));
  });
});

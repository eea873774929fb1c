import { describe, expect, test } from "vitest";
import { readBatch } from "../../src/batch/read-batch.ts";
import { runBatch } from "../../src/batch/run-batch.ts";
import { writeBatch } from "../../src/batch/write-batch.ts";
import { read } from "../../src/read/read.ts";
import { openTypedContext } from "../open-typed-context.ts";

describe("batches", () => {
  test("write many values, each with a result or an error of its own", async () => {
    const { context } = await openTypedContext();
    const results = await writeBatch(context, [
      { symbol: "a", value: 1, metadata: "m", user: "ann" },
      { symbol: "", value: 1 },
      { symbol: "b", value: undefined },
      { symbol: "b", value: 2 },
      { symbol: "a", value: 3, expectedVersion: 1 },
    ]);
    expect(results).toMatchObject([
      { symbol: "a", result: { version: 1 } },
      { symbol: "", error: { code: "invalid-argument" } },
      { symbol: "b", error: { code: "invalid-argument" } },
      { symbol: "b", result: { version: 1 } },
      { symbol: "a", result: { version: 2 } },
    ]);
    expect(await read(context, "a", { asOf: 1 })).toMatchObject({ value: 1, metadata: "m" });
    expect(await read(context, "a")).toMatchObject({ value: 3 });
  });

  test("read many values, each in its own way", async () => {
    const { context } = await openTypedContext();
    await writeBatch(context, [
      { symbol: "a", value: 1 },
      { symbol: "a", value: 2 },
    ]);
    expect(
      await readBatch(context, [{ symbol: "a", asOf: 1 }, { symbol: "none" }, { symbol: "a" }]),
    ).toMatchObject([
      { symbol: "a", result: { value: 1, version: 1 } },
      { symbol: "none", error: { code: "no-data-found" } },
      { symbol: "a", result: { value: 2, version: 2 } },
    ]);
  });

  test("work on a few symbols at a time, on one symbol in order", async () => {
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const items = Array.from({ length: 60 }, (_, position) => ({
      symbol: position % 3 === 0 ? "same" : `s${position}`,
      position,
    }));
    await runBatch(items, async ({ symbol, position }) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      if (symbol === "same") order.push(position);
    });
    expect(most).toBe(8);
    expect(order).toEqual(Array.from({ length: 20 }, (_, position) => 3 * position));
  });

  test("end when they are told to", async () => {
    const stop = new AbortController();
    const done: string[] = [];
    const items = Array.from({ length: 40 }, (_, position) => ({ symbol: `s${position}` }));
    const batch = runBatch(
      items,
      async ({ symbol }, { signal }) => {
        if (done.length === 3) stop.abort(new Error("enough"));
        signal?.throwIfAborted();
        done.push(symbol);
      },
      { signal: stop.signal },
    );
    await expect(batch).rejects.toThrow("enough");
    expect(done).toHaveLength(3);
  });
});

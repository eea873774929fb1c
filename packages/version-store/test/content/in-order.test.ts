import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { inOrder } from "../../src/content/in-order.ts";

const bounds = { maxItems: 3, maxWeight: Infinity, weightOf: () => 0 };

/** Takes longer for what comes earlier. */
async function laterFirst(item: number): Promise<number> {
  for (let turn = 0; turn < 5 - item; turn += 1) await setImmediate();
  return item * 10;
}

describe("work in order", () => {
  test("gives results in the items' order, whatever ends first", async () => {
    const results: number[] = [];
    for await (const result of inOrder([1, 2, 3, 4], laterFirst, bounds)) results.push(result);
    expect(results).toEqual([10, 20, 30, 40]);
  });

  test("starts no more items than allowed, and takes them only then", async () => {
    let taken = 0;
    function* items(): Generator<number> {
      for (; taken < 10;) yield (taken += 1);
    }
    const ahead: number[] = [];
    let given = 0;
    for await (const _ of inOrder(items(), async (item) => item, bounds)) {
      ahead.push(taken - given);
      given += 1;
    }
    expect(ahead[0]).toBe(3);
    expect(Math.max(...ahead)).toBe(3);
    expect(given).toBe(10);
  });

  test("starts no more weight than allowed, but for one item", async () => {
    let weight = 0;
    let most = 0;
    const run = async (item: number): Promise<number> => {
      weight += item;
      most = Math.max(most, weight);
      await setImmediate();
      weight -= item;
      return item;
    };
    const heavy = { maxItems: 99, maxWeight: 10, weightOf: (item: number) => item };
    const results: number[] = [];
    for await (const one of inOrder([4, 4, 4, 4, 50, 1, 1], run, heavy)) results.push(one);
    expect(results).toEqual([4, 4, 4, 4, 50, 1, 1]);
    expect(most).toBeLessThanOrEqual(62);
    const alone = { ...heavy, maxWeight: 1 };
    most = 0;
    for await (const one of inOrder([4, 4], run, alone)) results.push(one);
    expect(most).toBe(4);
  });

  test.each(["an error", "a caller who stops"])("waits for what runs after %s", async (how) => {
    const running = new Set<number>();
    const aborted: number[] = [];
    const run = async (
      item: number,
      { signal }: { signal?: AbortSignal | undefined },
    ): Promise<void> => {
      running.add(item);
      signal?.addEventListener("abort", () => running.has(item) && aborted.push(item));
      await setImmediate();
      await setImmediate();
      if (item > 0) await setImmediate();
      running.delete(item);
      if (item === 0 && how === "an error") throw new Error("first");
    };
    const consume = async (): Promise<void> => {
      for await (const _ of inOrder([0, 1, 2, 3], run, bounds)) return;
    };
    const ended = await consume().then(
      () => "stopped",
      (error: Error) => error.message,
    );
    expect(ended).toBe(how === "an error" ? "first" : "stopped");
    expect(running.size).toBe(0);
    expect(aborted).toEqual([1, 2]);
  });

  test("ends with the caller's signal", async () => {
    const stop = new AbortController();
    const consume = async (): Promise<void> => {
      for await (const _ of inOrder([1, 2, 3, 4, 5], async () => undefined, bounds, stop)) {
        stop.abort(new Error("enough"));
      }
    };
    await expect(consume()).rejects.toThrow("enough");
  });
});

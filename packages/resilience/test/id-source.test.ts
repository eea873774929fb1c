import { expect, test } from "vitest";
import { createIdSource, type Clock } from "../src/index.ts";
import { systemIds } from "../src/system.ts";

function ids(nowMs: number, numbers: readonly number[]) {
  const left = [...numbers];
  const clock = { nowMs: () => nowMs } as Clock;
  return createIdSource(clock, { nextUint32: () => left.shift() ?? 0 });
}

test("an id is the time and sixteen random characters", () => {
  const numbers = Array.from({ length: 16 }, (_, index) => index * 33);
  // 1469918176385 is the time of the example in the ULID specification: 01ARYZ6S41.
  expect(ids(1_469_918_176_385, numbers).nextId()).toBe("01aryz6s410123456789abcdef");
  expect(ids(2 ** 48 - 1, []).nextId()).toBe("7zzzzzzzzz0000000000000000");
});

test("ids of later milliseconds sort after earlier ones", () => {
  const times = [0, 1, 31, 32, 1_023, 1_024, 1_700_000_000_000, 2 ** 48 - 1];
  const texts = times.map((nowMs) => ids(nowMs, []).nextId());
  expect(texts.toSorted()).toEqual(texts);
});

test("the machine's ids differ", () => {
  const texts = Array.from({ length: 100 }, () => systemIds.nextId());
  expect(new Set(texts).size).toBe(100);
  for (const text of texts) expect(text).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
});

import { setImmediate } from "node:timers/promises";

import { expect, test } from "vitest";

import { ByteBudget } from "../../src/session/byte-budget.ts";

test("bytes are taken up to the budget and given back", () => {
  const budget = new ByteBudget(10);
  expect(budget.tryTake(6)).toBe(true);
  expect(budget.tryTake(5)).toBe(false);
  expect(budget.tryTake(4)).toBe(true);
  expect(budget.heldBytes).toBe(10);
  budget.give(6);
  expect(budget.tryTake(5)).toBe(true);
});

test("waiters start in the order of their calls, and nobody overtakes them", async () => {
  const budget = new ByteBudget(10);
  const started: string[] = [];
  await budget.take(10);
  const first = budget.take(8).then(() => started.push("first"));
  const second = budget.take(2).then(() => started.push("second"));
  expect(budget.tryTake(0)).toBe(false);
  await setImmediate();
  expect(started).toEqual([]);
  budget.give(10);
  await Promise.all([first, second]);
  expect(started).toEqual(["first", "second"]);
  expect(budget.heldBytes).toBe(10);
});

test("what is larger than the budget goes alone", async () => {
  const budget = new ByteBudget(10);
  await budget.take(25);
  let started = false;
  const next = budget.take(1).then(() => (started = true));
  await setImmediate();
  expect(started).toBe(false);
  budget.give(25);
  await next;
  expect(budget.heldBytes).toBe(1);
});

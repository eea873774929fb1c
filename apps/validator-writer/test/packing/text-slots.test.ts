import { setImmediate } from "node:timers/promises";

import { expect, test } from "vitest";

import { TextSlots } from "../../src/packing/text-slots.ts";

test("waits when all slots are taken, and uses their memory again", async () => {
  const slots = new TextSlots(1);
  const first = await slots.take(10);
  const waiting = slots.take(20);
  const nobody = setImmediate("nobody");
  expect(await Promise.race([waiting, nobody])).toBe("nobody");
  first.free();
  const second = await waiting;
  expect(second.memory).toBe(first.memory);
});

test("memory that is too small gives way to larger", async () => {
  const slots = new TextSlots(1);
  const small = await slots.take(10);
  small.free();
  const large = await slots.take(5 * 1024 * 1024);
  expect(large.memory.byteLength).toBeGreaterThanOrEqual(5 * 1024 * 1024);
  large.free();
  expect((await slots.take(1)).memory).toBe(large.memory);
});

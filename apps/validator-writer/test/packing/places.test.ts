import { setImmediate } from "node:timers/promises";

import { expect, test } from "vitest";

import { Places } from "../../src/packing/places.ts";

test("waits when all places are taken, in the order of the calls", async () => {
  const places = new Places(2);
  const order: string[] = [];
  const enter = async (name: string): Promise<void> => {
    await places.take();
    order.push(name);
  };
  const all = Promise.all(["a", "b", "c", "d"].map(enter));
  await setImmediate();
  expect(order).toEqual(["a", "b"]);
  places.free();
  await setImmediate();
  expect(order).toEqual(["a", "b", "c"]);
  places.free();
  await all;
  expect(order).toEqual(["a", "b", "c", "d"]);
});

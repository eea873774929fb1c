import { expect, test } from "vitest";

import { Places } from "../../src/packing/places.ts";

test("there are as many places as were given, and those that were freed", () => {
  const places = new Places(2);
  const take = (): boolean => places.take();
  expect([take(), take(), take()]).toEqual([true, true, false]);
  places.free();
  expect([take(), take()]).toEqual([true, false]);
  places.free(2);
  expect([take(), take(), take()]).toEqual([true, true, false]);
});

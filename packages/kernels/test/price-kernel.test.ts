import { expect, test } from "vitest";

import {
  KernelMemory,
  loadPriceKernel,
  PATHS_AT_ONCE,
  PRICE_PLACES_BYTES,
  PRICE_POWERS,
  type PriceKernel,
  TEXT_SLACK_BYTES,
  writePricePlaces,
} from "../src/index.ts";

const encoder = new TextEncoder();
const memory = new KernelMemory(65_536);
const kernel = loadPriceKernel(memory) as PriceKernel;
const text = memory.allocate(4096 + TEXT_SLACK_BYTES);
const powers = memory.allocate(8 * PRICE_POWERS);
const places = memory.allocate(PRICE_PLACES_BYTES);
const steps = 3;
const stride = 5;

/** Reads four paths of three prices from `written`, to columns of five values. */
function readPaths(written: string): { readonly length: number; readonly values: number[] } {
  const bytes = encoder.encode(written);
  memory.bytes.set(bytes, text);
  const powersOfTen = Float64Array.from({ length: PRICE_POWERS }, (_, power) => 10 ** power);
  new Float64Array(memory.memory.buffer, powers, PRICE_POWERS).set(powersOfTen);
  writePricePlaces(memory.bytes.subarray(places, places + PRICE_PLACES_BYTES));
  const tile = memory.float32(stride * steps);
  const end = kernel.readPaths(
    text,
    text + bytes.length,
    tile.byteOffset,
    4 * stride,
    steps,
    powers,
    places,
  );
  return { length: end === 0 ? 0 : end - text, values: [...tile] };
}

const good = ["[1,22,333]", "[4444.5,55555.25,0.125]", "[7,0.000001,99999999]", "[1.5,2.5,3.5]"];
const values = [1, 4444.5, 7, 1.5, 0, 22, 55_555.25, Math.fround(1e-6), 2.5, 0];

test.each([",", ", "])("four plain paths are read at once, with %j between", (between) => {
  const written = good.join(",").replaceAll(",", between);
  const found = readPaths(`${written}]`);
  expect(found.length).toBe(written.length);
  expect(found.values).toEqual([...values, 333, 0.125, Math.fround(99_999_999), 3.5, 0]);
  expect(kernel.mostDecimals()).toBe(6);
});

test("what is behind the last path is not looked at", () => {
  const written = good.join(",");
  expect(readPaths(`${written} `).length).toBe(written.length);
});

test.each([
  ["an exponent", "[1,2e3,3]"],
  ["nine digits", "[1,123456789,3]"],
  ["nine digits with a point", "[1,12345678.9,3]"],
  ["a zero", "[1,0.00,3]"],
  ["a zero in front", "[1,01.5,3]"],
  ["no digit behind the point", "[1,2.,3]"],
  ["no digit before the point", "[1,.5,3]"],
  ["a sign", "[1,-2,3]"],
  ["two spaces", "[1,  2,3]"],
  ["a price less", "[1,2]"],
  ["a price more", "[1,2,3,4]"],
  ["no bracket", "1,2,3]"],
  ["another bracket", "[1,2,3}"],
  ["a comma more", "[1,2,3],"],
])("what is not plain is left, in whichever path it is: %s", (_, odd) => {
  for (let path = 0; path < PATHS_AT_ONCE; path += 1) {
    // The bracket of the first path and what is behind the last one are for the caller to see.
    if (path === 0 && !odd.startsWith("[")) continue;
    if (path === PATHS_AT_ONCE - 1 && odd.endsWith("],")) continue;
    expect(readPaths(`${good.with(path, odd).join(",")}]`).length).toBe(0);
  }
});

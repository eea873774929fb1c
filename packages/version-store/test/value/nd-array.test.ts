import { describe, expect, test } from "vitest";
import type { NumericArray } from "../../src/value/element-type.ts";
import { ndarray } from "../../src/value/nd-array.ts";

describe("ndarray", () => {
  test("has shape, type and values", () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const shape = [3, 2];
    const grid = [9, 1];
    const value = ndarray({ shape, values, grid });
    expect(value).toMatchObject({ shape: [3, 2], type: "float32", grid: [9, 1], rows: 3 });
    expect(value.values).toBe(values);
    shape[0] = 7;
    grid[0] = 7;
    expect(value).toMatchObject({ shape: [3, 2], grid: [9, 1] });
    expect(ndarray({ shape: [0, 5], values: new Int8Array(0) }).rows).toBe(0);
    const manyAxes = Array.from({ length: 32 }, () => 1);
    expect(ndarray({ shape: manyAxes, values: Int8Array.of(1) }).shape).toEqual(manyAxes);
    expect(ndarray({ shape: [2], values: Int8Array.of(1, 2) }).grid).toBeUndefined();
  });

  test.each<[string, unknown, unknown, unknown]>([
    ["no axes", [], Int8Array.of(1), undefined],
    ["a shape that is no list", 1, Int8Array.of(1), undefined],
    ["too many axes", Array.from({ length: 33 }, () => 1), Int8Array.of(1), undefined],
    ["other values than the shape", [2, 2], Int8Array.of(1, 2, 3), undefined],
    ["a fraction", [0.5, 2], Int8Array.of(1), undefined],
    ["a negative length", [-1, -1], Int8Array.of(1), undefined],
    // oxlint-disable-next-line no-sparse-arrays
    ["a hole", [1, , 1], Int8Array.of(1), undefined],
    ["an axis of no length", [1, 0], new Int8Array(0), undefined],
    ["an unsafe size", [2 ** 30, 2 ** 30], Int8Array.of(1), undefined],
    ["an unsafe row", [0, 2 ** 30, 2 ** 30], new Int8Array(0), undefined],
    ["a list of numbers", [1], [1], undefined],
    ["a clamped array", [1], Uint8ClampedArray.of(1), undefined],
    ["a grid of other axes", [1], Int8Array.of(1), [1, 1]],
    ["a grid of no length", [1], Int8Array.of(1), [0]],
    ["an endless grid", [1], Int8Array.of(1), [Number.POSITIVE_INFINITY]],
    ["a grid that is no list", [1], Int8Array.of(1), 1],
  ])("refuses %s", (_, shape, values, grid) => {
    expect(() =>
      ndarray({
        shape: shape as number[],
        values: values as NumericArray,
        grid: grid as number[] | undefined,
      }),
    ).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});

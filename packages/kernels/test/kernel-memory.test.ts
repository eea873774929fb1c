import { isKernelError, KernelMemory } from "@foretile/kernels";
import { expect, test } from "vitest";

const code = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    if (isKernelError(error)) return error.code;
    throw error;
  }
};

test("gives out regions of zeros that do not touch, until it is full", () => {
  const memory = new KernelMemory(100);
  const first = memory.allocate(10);
  const second = memory.allocate(33);
  expect(first).toBeGreaterThan(0);
  expect([first % 16, second % 16, second - first]).toEqual([0, 0, 16]);
  expect(memory.freeBytes).toBe(112 - 16 - 48);
  expect(code(() => memory.allocate(49))).toBe("out-of-memory");
  expect(memory.float32(12)).toEqual(new Float32Array(12));
  expect(memory.freeBytes).toBe(0);
  expect(memory.allocate(0)).toBe(first + 112);
});

test("knows its own views", () => {
  const memory = new KernelMemory(100);
  const tile = memory.float32(5);
  expect(memory.addressOf(tile.subarray(2))).toBe(tile.byteOffset + 8);
  expect(memory.addressOf(new Float32Array(5))).toBeUndefined();
  memory.words(tile.byteOffset, 5)[4] = 0x3f80_0000;
  expect([...tile]).toEqual([0, 0, 0, 0, 1]);
});

test.each([0, -1, 1.5, Number.NaN, 2 ** 31 + 1])("refuses a capacity of %d", (capacity) => {
  expect(code(() => new KernelMemory(capacity))).toBe("invalid-argument");
});

test.each([-1, 0.5, Number.NaN])("refuses a region of %d bytes", (size) => {
  expect(code(() => new KernelMemory(100).allocate(size))).toBe("invalid-argument");
});

import { expect, test } from "vitest";
import { Scratch } from "../../../src/segment/codec/scratch.ts";

const mebibyte = 1024 * 1024;

test("working memory is used again, also for less", () => {
  const scratch = new Scratch();
  const { buffer } = scratch.take(1000);
  expect(scratch.take(1000).buffer).toBe(buffer);
  const less = scratch.take(10);
  expect(less.buffer).toBe(buffer);
  expect(less).toHaveLength(10);
  expect(less.byteOffset).toBe(0);
});

test("working memory of more than 16 MiB is not kept", () => {
  const scratch = new Scratch();
  const { buffer } = scratch.take(16 * mebibyte);
  expect(scratch.take(16 * mebibyte).buffer).toBe(buffer);
  const large = scratch.take(16 * mebibyte + 1);
  expect(large).toHaveLength(16 * mebibyte + 1);
  expect(scratch.take(16 * mebibyte + 1).buffer).not.toBe(large.buffer);
  expect(scratch.take(1).buffer).toBe(buffer);
});

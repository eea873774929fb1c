import { KernelMemory } from "@foretile/kernels";
import { expect, test } from "vitest";

import { SegmentRooms } from "../../src/tile/segment-rooms.ts";

const MIB = 1024 * 1024;

test("a room that was given back is taken again, the smallest that fits", () => {
  const rooms = new SegmentRooms(undefined);
  const [small, large] = [rooms.take(10), rooms.take(MIB)];
  expect(small.length).toBeGreaterThanOrEqual(10);
  expect(rooms.take(10)).not.toBe(small);
  rooms.giveBack(large);
  rooms.giveBack(small);
  expect(rooms.take(small.length)).toBe(small);
  expect(rooms.take(10)).toBe(large);
});

test("few rooms are kept, and no very large ones", () => {
  const rooms = new SegmentRooms(undefined);
  const huge = rooms.take(3 * MIB);
  rooms.giveBack(huge);
  expect(rooms.take(3 * MIB)).not.toBe(huge);
  const taken = Array.from({ length: 6 }, () => rooms.take(10));
  for (const room of taken) rooms.giveBack(room);
  const again = Array.from({ length: 6 }, () => rooms.take(10));
  expect(again.filter((room) => taken.includes(room))).toHaveLength(4);
});

test("rooms are in the kernels' memory while they leave most of it, and are kept there", () => {
  const memory = new KernelMemory(8 * MIB);
  const rooms = new SegmentRooms(memory);
  const inside = Array.from({ length: 20 }, () => rooms.take(MIB)).filter(
    (room) => memory.addressOf(room) !== undefined,
  );
  expect(inside).toHaveLength(5);
  expect(memory.freeBytes).toBeGreaterThanOrEqual(3 * MIB);
  for (const room of inside) rooms.giveBack(room);
  expect(new Set(inside.map(() => rooms.take(MIB)))).toEqual(new Set(inside));
});

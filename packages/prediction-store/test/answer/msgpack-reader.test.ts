import { expect, test } from "vitest";

import { MsgpackReader } from "../../src/answer/msgpack-reader.ts";
import {
  array,
  float32,
  float64,
  integer,
  join,
  map,
  nil,
  text,
  uint32,
} from "./encode-msgpack.ts";

test.each([
  [Uint8Array.of(0x00), 0],
  [Uint8Array.of(0x7f), 127],
  [Uint8Array.of(0xff), -1],
  [Uint8Array.of(0xe0), -32],
  [integer(255n, 0xcc), 255],
  [integer(65_535n, 0xcd), 65_535],
  [integer(4_294_967_295n, 0xce), 4_294_967_295],
  [integer(9_007_199_254_740_991n, 0xcf), 9_007_199_254_740_991],
  [integer(-128n, 0xd0), -128],
  [integer(-32_768n, 0xd1), -32_768],
  [integer(-2_147_483_648n, 0xd2), -2_147_483_648],
  [integer(-9_007_199_254_740_991n, 0xd3), -9_007_199_254_740_991],
])("integer %o is %d", (bytes, value) => {
  const reader = new MsgpackReader(bytes);
  expect(reader.read()).toBe("integer");
  expect(reader.number).toBe(value);
  expect(reader.offset).toBe(bytes.length);
});

test("floats keep their value, a float32 widened", () => {
  const reader = new MsgpackReader(join(float64(0.1), float32(0.1)));
  expect([reader.read(), reader.number]).toEqual(["float", 0.1]);
  expect([reader.read(), reader.number]).toEqual(["float", Math.fround(0.1)]);
});

test.each([
  ["text of 300 bytes", text("x".repeat(300)), "text", 300],
  ["fixstr", text("abc"), "text", 3],
  ["str8", Uint8Array.of(0xd9, 2, 65, 66), "text", 2],
  ["str32", Uint8Array.of(0xdb, 0, 0, 0, 1, 65), "text", 1],
  ["bin8", Uint8Array.of(0xc4, 1, 9), "bytes", 1],
  ["bin16", Uint8Array.of(0xc5, 0, 2, 9, 9), "bytes", 2],
  ["bin32", Uint8Array.of(0xc6, 0, 0, 0, 1, 9), "bytes", 1],
  ["ext8", Uint8Array.of(0xc7, 1, 5, 9), "extension", 2],
  ["ext16", Uint8Array.of(0xc8, 0, 1, 5, 9), "extension", 2],
  ["ext32", Uint8Array.of(0xc9, 0, 0, 0, 1, 5, 9), "extension", 2],
  ["fixext1", Uint8Array.of(0xd4, 5, 9), "extension", 2],
  ["fixext16", Uint8Array.of(0xd8, ...new Uint8Array(17)), "extension", 17],
])("%s is read whole", (_name, bytes, kind, length) => {
  const reader = new MsgpackReader(bytes);
  expect(reader.read()).toBe(kind);
  expect(reader.payload).toEqual(bytes.subarray(bytes.length - length));
  expect(reader.offset).toBe(bytes.length);
  expect(new MsgpackReader(bytes.subarray(0, -1)).read()).toBe("malformed");
});

test.each([
  ["fixarray", Uint8Array.of(0x92), "array", 2],
  ["array16", Uint8Array.of(0xdc, 1, 0), "array", 256],
  ["array32", Uint8Array.of(0xdd, 0, 1, 0, 0), "array", 65_536],
  ["fixmap", Uint8Array.of(0x82), "object", 2],
  ["map16", Uint8Array.of(0xde, 1, 0), "object", 256],
  ["map32", Uint8Array.of(0xdf, 0, 1, 0, 0), "object", 65_536],
])("of %s the head is read", (_name, bytes, kind, count) => {
  const reader = new MsgpackReader(bytes);
  expect(reader.read()).toBe(kind);
  expect(reader.count).toBe(count);
  expect(reader.offset).toBe(bytes.length);
});

test("skips values with all that they hold", () => {
  const value = array(nil, map({ a: array(uint32(1), text("b")), c: map({}) }), float64(1));
  const reader = new MsgpackReader(join(value, value, Uint8Array.of(7)));
  expect(reader.skip(2)).toBe(true);
  expect(reader.offset).toBe(2 * value.length);
  expect(reader.skip(2)).toBe(false);
});

test("believes no length without bytes behind it", () => {
  for (const head of [0xdd, 0xdf, 0xdb, 0xc6, 0xc9]) {
    expect(new MsgpackReader(Uint8Array.of(head, 255, 255, 255, 255, 1)).skip(1)).toBe(false);
  }
});

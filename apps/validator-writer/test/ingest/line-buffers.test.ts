import { expect, test } from "vitest";

import { LineBuffers } from "../../src/ingest/line-buffers.ts";
import { type Line, LineSplitter } from "../../src/ingest/line-splitter.ts";

test("memory that comes back is used again, unless it is too small", () => {
  const buffers = new LineBuffers();
  const first = buffers.take(10);
  buffers.give(first.buffer);
  expect(buffers.take(8).buffer).toBe(first.buffer);
  buffers.give(first.buffer);
  expect(buffers.take(11).length).toBeGreaterThanOrEqual(11);
});

test("knows its own memory, also when it comes back from elsewhere", () => {
  const buffers = new LineBuffers();
  const memory = buffers.take(10);
  expect(buffers.own(memory.subarray(2, 4))).toBe(true);
  expect(buffers.own(new Uint8Array(10))).toBe(false);
  const moved = structuredClone(memory.buffer, { transfer: [memory.buffer] });
  buffers.give(moved);
  expect(buffers.own(new Uint8Array(moved))).toBe(true);
});

test("a splitter goes on when the memory of a line was given away", () => {
  const buffers = new LineBuffers();
  const splitter = new LineSplitter({ maxLineBytes: 10, buffers });
  const seen: string[] = [];
  for (const piece of [
    "ab",
    "c\nde",
    "f\ng",
    "h\n",
    "much too long",
    ", and longer\ni",
    "j\n",
    "too long again",
  ]) {
    for (const line of splitter.push(Buffer.from(piece))) {
      seen.push(textOf(line));
      if (line.type === "line" && buffers.own(line.bytes))
        structuredClone(null, { transfer: [line.bytes.buffer] });
    }
  }
  for (const line of splitter.end()) seen.push(textOf(line));
  expect(seen).toEqual(["abc", "def", "gh", "25 bytes", "ij", "14 bytes"]);
});

function textOf(line: Line): string {
  return line.type === "line" ? Buffer.from(line.bytes).toString() : `${line.byteCount} bytes`;
}

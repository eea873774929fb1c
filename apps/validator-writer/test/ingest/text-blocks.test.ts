import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { filePieces } from "../../src/ingest/file-pieces.ts";
import { splitLines } from "../../src/ingest/line-splitter.ts";
import { TextBlocks } from "../../src/ingest/text-blocks.ts";

const MIB = 1024 * 1024;

test.each([true, false])(
  "a block is used again when its last user lets go (shared: %s)",
  (shared) => {
    const blocks = new TextBlocks({ shared });
    const first = blocks.take();
    const text = first.subarray(10, 20);
    blocks.hold(text);
    blocks.release(first);
    expect(blocks.has(text)).toBe(true);
    const second = blocks.take();
    expect(second.buffer).not.toBe(first.buffer);
    blocks.release(text);
    expect(blocks.has(text)).toBe(false);
    expect(blocks.take().buffer).toBe(first.buffer);
    expect(second.buffer instanceof SharedArrayBuffer).toBe(shared);
  },
);

test("lines of a file of several blocks are whole, and stay so while they are held", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "lines");
  // Longer than a piece; one lies across the end of every block.
  const lines = Array.from({ length: 24 }, (_, index) =>
    Buffer.alloc(3 * MIB + 7 * index, `line ${index} `),
  );
  await writeFile(path, Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")])));
  const blocks = new TextBlocks({ shared: true });
  const held: { readonly index: number; readonly text: Uint8Array }[] = [];
  const stayed: boolean[] = [];
  let index = 0;
  const pieces = filePieces(path, blocks, new AbortController().signal);
  for await (const line of splitLines(pieces, { maxLineBytes: 10 * MIB })) {
    if (line.type === "too-long") throw new Error("a line is too long");
    expect(Buffer.compare(line.bytes, lines[index] ?? Buffer.alloc(0))).toBe(0);
    if (blocks.has(line.bytes)) {
      blocks.hold(line.bytes);
      held.push({ index, text: line.bytes });
    }
    // Two lines are looked at again later, as by a thread that is slow.
    const slow = held.length > 2 ? held.shift() : undefined;
    if (slow !== undefined) {
      stayed.push(Buffer.compare(slow.text, lines[slow.index] ?? Buffer.alloc(0)) === 0);
      blocks.release(slow.text);
    }
    index += 1;
  }
  expect(index).toBe(lines.length);
  expect(stayed.length).toBeGreaterThan(lines.length / 2);
  expect(new Set(stayed)).toEqual(new Set([true]));
});

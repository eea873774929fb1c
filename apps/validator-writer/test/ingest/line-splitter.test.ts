import * as fc from "fast-check";
import { expect, test } from "vitest";

import { type Line, LineSplitter, splitLines } from "../../src/ingest/line-splitter.ts";

interface Seen {
  readonly number: number;
  readonly text: string | undefined;
  readonly byteCount?: number;
}

function collect(pieces: readonly Uint8Array[], maxLineBytes: number): Seen[] {
  const splitter = new LineSplitter({ maxLineBytes });
  const seen: Seen[] = [];
  const take = (lines: Iterable<Line>): void => {
    for (const line of lines) {
      seen.push(
        line.type === "line"
          ? { number: line.number, text: Buffer.from(line.bytes).toString("latin1") }
          : { number: line.number, text: undefined, byteCount: line.byteCount },
      );
    }
  };
  for (const piece of pieces) take(splitter.push(piece));
  take(splitter.end());
  return seen;
}

/** What the splitter should do, over the whole text at once. */
function plainSplit(text: string, maxLineBytes: number): Seen[] {
  const parts = text.split("\n");
  if (parts.at(-1) === "") parts.pop();
  return parts.map((part, index) =>
    part.length > maxLineBytes
      ? { number: index + 1, text: undefined, byteCount: part.length }
      : { number: index + 1, text: part.replace(/\r$/, "") },
  );
}

/** Texts full of line ends, and the places where to cut them. */
const textAndCuts = fc
  .array(fc.constantFrom("\n", "\r", "\r\n", "a", "bc", "defgh", "\0", "ÿ", ""), { maxLength: 40 })
  .map((parts) => parts.join(""))
  .chain((text) =>
    fc.record({
      text: fc.constant(text),
      cuts: fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 12 }),
    }),
  );

test("any cutting of the input gives the plain split", () => {
  fc.assert(
    fc.property(textAndCuts, fc.integer({ min: 1, max: 12 }), ({ text, cuts }, maxLineBytes) => {
      const bytes = Buffer.from(text, "latin1");
      const ends = [...cuts, bytes.length].sort((left, right) => left - right);
      const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
      expect(collect(pieces, maxLineBytes)).toEqual(plainSplit(text, maxLineBytes));
    }),
    { numRuns: 2000 },
  );
});

test("a line as long as the limit passes, one byte more does not", () => {
  expect(collect([Buffer.from("1234\n12345\n")], 4)).toEqual([
    { number: 1, text: "1234" },
    { number: 2, text: undefined, byteCount: 5 },
  ]);
});

test("a line over the limit is counted over all its pieces and ends at its line feed", () => {
  const pieces = ["aaa", "aaaaaa", "aa\nb", "c\n"].map((text) => Buffer.from(text));
  expect(collect(pieces, 4)).toEqual([
    { number: 1, text: undefined, byteCount: 11 },
    { number: 2, text: "bc" },
  ]);
});

test("a line within one piece is not copied", () => {
  const piece = Buffer.from("abc\ndef\n");
  const [first] = new LineSplitter({ maxLineBytes: 10 }).push(piece);
  expect(first).toHaveProperty("bytes.buffer", piece.buffer);
});

test("an asynchronous source is split and closed when the reader stops", async () => {
  let closed = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.from("line\n");
    } finally {
      closed = true;
    }
  }
  let lines = 0;
  for await (const line of splitLines(source(), { maxLineBytes: 100 })) {
    expect(line.number).toBe((lines += 1));
    if (lines === 5) break;
  }
  expect(closed).toBe(true);
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copyBox, wordsOf } from "../../src/value/copy-box.ts";

type Axis = { extent: number; source: [number, number]; target: [number, number] };

/** Room before and after the box on either side; often none, so that axes are whole. */
const room = fc.constantFrom(0, 0, 1, 2);
const axis: fc.Arbitrary<Axis> = fc.record({
  extent: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 5 }) },
    fc.constantFrom(0, 17),
  ),
  source: fc.tuple(room, room),
  target: fc.tuple(room, room),
});

function positions(lengths: readonly number[]): number[][] {
  return lengths.reduce<number[][]>(
    (all, length) =>
      all.flatMap((position) => Array.from({ length }, (_, at) => [...position, at])),
    [[]],
  );
}

function offsetOf(position: readonly number[], shape: readonly number[]): number {
  return position.reduce((offset, at, index) => offset * (shape[index] ?? 0) + at, 0);
}

describe("copyBox", () => {
  test("copies every element of the box and nothing else", () => {
    const box = fc.record({
      axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
      elementBytes: fc.constantFrom(1, 2, 4, 8),
    });
    fc.assert(
      fc.property(box, ({ axes, elementBytes }) => {
        const side = (which: "source" | "target") => {
          const shape = axes.map(({ extent, [which]: [before, after] }) => before + extent + after);
          const elements = shape.reduce((product, length) => product * length, 1);
          const bytes = new Uint8Array(elements * elementBytes);
          return { shape, bytes, from: axes.map(({ [which]: [before] }) => before) };
        };
        const source = side("source");
        const target = side("target");
        for (const at of source.bytes.keys()) source.bytes[at] = 1 + (at % 251);
        const expected = target.bytes.slice();
        const extent = axes.map((each) => each.extent);
        for (const position of positions(extent)) {
          const at = (from: readonly number[]) =>
            position.map((p, index) => p + (from[index] ?? 0));
          const start = offsetOf(at(source.from), source.shape) * elementBytes;
          const element = source.bytes.subarray(start, start + elementBytes);
          expected.set(element, offsetOf(at(target.from), target.shape) * elementBytes);
        }
        copyBox(
          { ...source, words: wordsOf(source.bytes, elementBytes) },
          { ...target, words: wordsOf(target.bytes, elementBytes) },
          extent,
          elementBytes,
        );
        expect(target.bytes).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe("wordsOf", () => {
  test.each([1, 2, 4, 8])("is a view of aligned elements of %d bytes", (elementBytes) => {
    const bytes = new Uint8Array(32).subarray(8, 24);
    const words = wordsOf(bytes, elementBytes);
    words[0] = 7;
    expect(bytes[0]).toBe(7);
    expect(words.byteLength).toBe(16);
  });

  test.each([2, 4, 8])("is a copy of elements of %d bytes that are not aligned", (elementBytes) => {
    // A Buffer, as some stores give: its slice would be no copy.
    const shifted = Buffer.from(new ArrayBuffer(17), 1, 16).fill("0123456789abcdef");
    const words = wordsOf(shifted, elementBytes);
    expect(Buffer.from(words.buffer, words.byteOffset, words.byteLength)).toEqual(
      Buffer.from(shifted),
    );
  });
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BlobTable, type BlobMark } from "../../src/collect/blob-table.ts";
import { parseBlobKey, type BlobName } from "../../src/library/keys.ts";

/** Every answer of the table to one step, and what the model says. */
type Answers = readonly [found: unknown, wanted: unknown];

const marks: readonly BlobMark[] = ["listed", "reached", "named", "condemned"];

const names = fc.record({
  area: fc.constantFrom("s", "m", "v", "p", "x"),
  transactionId: fc.constantFrom("one", "two", "three"),
  ordinal: fc.oneof(fc.nat({ max: 40 }), fc.constantFrom(99_999_999, 99_999_998, 2 ** 16)),
}) as fc.Arbitrary<BlobName>;

const steps = fc.array(
  fc.oneof(
    fc.record({ act: fc.constant("add"), name: names, length: fc.nat() }),
    fc.record({ act: fc.constant("mark"), name: names, mark: fc.constantFrom(...marks) }),
    fc.record({ act: fc.constant("unmark"), name: names, mark: fc.constantFrom(...marks) }),
    fc.record({ act: fc.constant("unmarkAll"), mark: fc.constantFrom(...marks) }),
  ),
  { maxLength: 300 },
);

/** One of many segments of 1 000 transactions. */
function nameOf(index: number): BlobName {
  return {
    area: "s",
    transactionId: `transaction-${index % 1000}`,
    ordinal: Math.floor(index / 1000),
  };
}

describe("a table of blobs", () => {
  test("does what a map of sets does", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const table = new BlobTable();
        const model = new Map<string, { name: BlobName; length: number; marks: Set<string> }>();
        const answers: Answers[] = [];
        for (const step of sequence) {
          if (step.act === "unmarkAll") {
            table.unmarkAll(step.mark);
            for (const blob of model.values()) blob.marks.delete(step.mark);
            continue;
          }
          const key = JSON.stringify(step.name);
          const known = model.get(key);
          const row = table.find(step.name);
          answers.push([row === undefined, known === undefined]);
          if (step.act === "add") {
            answers.push([table.add(step.name, step.length), row ?? model.size]);
            if (known === undefined) {
              model.set(key, { name: step.name, length: step.length, marks: new Set() });
            }
          } else if (row !== undefined && known !== undefined && step.act === "mark") {
            answers.push([table.mark(row, step.mark), !known.marks.has(step.mark)]);
            known.marks.add(step.mark);
          } else if (row !== undefined && known !== undefined) {
            table.unmark(row, step.mark);
            known.marks.delete(step.mark);
          }
        }
        for (const [found, wanted] of answers) expect(found).toBe(wanted);
        expect(table.size).toBe(model.size);
        for (const [index, { name, length, marks: wanted }] of [...model.values()].entries()) {
          expect(table.blobAt(index)).toEqual(name);
          expect(table.areaAt(index)).toBe(name.area);
          expect(parseBlobKey(table.keyAt(index))).toEqual(name);
          expect(table.lengthAt(index)).toBe(length);
          expect(marks.filter((mark) => table.has(index, mark)).sort()).toEqual([...wanted].sort());
        }
      }),
    );
  });

  test("holds a million segments of 1 000 transactions in tens of megabytes", () => {
    const table = new BlobTable();
    const count = 1_000_000;
    for (let index = 0; index < count; index += 1) table.add(nameOf(index), 2 ** 33 + index);
    expect(table.size).toBe(count);
    expect(table.byteLength).toBeLessThan(40_000_000);
    for (let index = 0; index < count; index += 997) {
      const row = table.find(nameOf(index)) ?? -1;
      expect(row).toBe(index);
      expect(table.lengthAt(row)).toBe(2 ** 33 + index);
    }
    expect(table.find({ area: "s", transactionId: "transaction-1", ordinal: 1000 })).toBe(
      undefined,
    );
    expect(table.find({ area: "v", transactionId: "transaction-1", ordinal: 1 })).toBe(undefined);
  });
});

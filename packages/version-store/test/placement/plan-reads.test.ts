import { toKey } from "@foretile/storage";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { segmentEntryKey, type SegmentEntry } from "../../src/manifest/manifest.ts";
import { planReads } from "../../src/placement/plan-reads.ts";
import { segmentEntries } from "../manifest/segment-entries.ts";

const transactionId = "0".repeat(26);
const hash = new Uint8Array(16);

function packed(offset: number, length: number, ordinal = 0): SegmentEntry {
  const location = { kind: "pack", offset } as const;
  return { transactionId, ordinal, length, hash, facts: null, location };
}

function cell(row: string, qualifier: string, timestampMicros = 1000): SegmentEntry {
  const column = { kind: "cell", table: "t", family: "p", qualifier, timestampMicros } as const;
  return { ...packed(0, 100), location: { ...column, row: toKey(row) } };
}

function requestsOf(groups: readonly (readonly SegmentEntry[])[], maxBytes?: number) {
  return planReads(groups, maxBytes).map(({ reads }) =>
    reads.map((read) =>
      read.kind === "pack"
        ? `${read.key.slice(-1)} ${read.range.offset}+${read.range.length}`
        : read.kind,
    ),
  );
}

describe("a plan of reads", () => {
  test("brings neighbours with one request, whatever order they are wanted in", () => {
    const groups = [[packed(200, 100), packed(100, 100)], [packed(0, 100)]];
    expect(requestsOf(groups)).toEqual([["0 0+300"]]);
  });

  test("bridges small gaps and no large ones", () => {
    expect(requestsOf([[packed(0, 10), packed(10 + 65_536, 10)]])).toEqual([["0 0+65556"]]);
    expect(requestsOf([[packed(0, 10), packed(11 + 65_536, 10)]])).toEqual([
      ["0 0+10", "0 65547+10"],
    ]);
  });

  test("cuts steps by bytes, between groups", () => {
    const groups = Array.from({ length: 6 }, (_, index) => [packed(index * 100, 100)]);
    expect(planReads(groups, 250).map(({ first, end, bytes }) => [first, end, bytes])).toEqual([
      [0, 2, 200],
      [2, 4, 200],
      [4, 6, 200],
    ]);
    expect(requestsOf(groups, 250)).toEqual([["0 0+200"], ["0 200+200"], ["0 400+200"]]);
  });

  test("cuts a group that is too large by itself into several requests", () => {
    const group = Array.from({ length: 5 }, (_, index) => packed(index * 100, 100));
    expect(requestsOf([group], 250)).toEqual([["0 0+200", "0 200+200", "0 400+100"]]);
  });

  test("asks each pack, and gives blobs of their own steps of their own", () => {
    const [loose, other] = segmentEntries(2);
    if (loose === undefined || other === undefined) throw new Error("two were made");
    const groups = [[packed(0, 10, 0)], [packed(0, 10, 1)], [loose, other], [packed(10, 10, 1)]];
    expect(requestsOf(groups)).toEqual([["0 0+10", "1 0+10"], ["blob", "blob"], ["1 10+10"]]);
  });

  test("joins groups of blobs of their own as far as it may, and never with others", () => {
    const entries = segmentEntries(5).map((entry) => ({ ...entry, length: 100 }));
    const groups = [...entries.map((entry) => [entry]), [packed(0, 10)], [packed(10, 10)]];
    const steps = planReads(groups, 1000, 250);
    expect(steps.map(({ first, end }) => [first, end])).toEqual([
      [0, 2],
      [2, 4],
      [4, 5],
      [5, 7],
    ]);
  });

  test("reads cells of one table, family and time together, of the qualifiers that are wanted", () => {
    const [step, ...none] = planReads([
      [cell("a", "f1"), cell("a", "f0")],
      [cell("b", "f1")],
      [cell("b", "f0", 2000)],
    ]);
    expect(none).toEqual([]);
    expect(step?.reads).toMatchObject([
      { rows: ["a", "b"], qualifiers: { gte: "f0", lt: "f1 " }, timestampMicros: 1000 },
      { rows: ["b"], qualifiers: { gte: "f0", lt: "f0 " }, timestampMicros: 2000 },
    ]);
  });

  test("brings every segment of every group exactly once, and no request is too large", () => {
    const entry = fc.record({
      at: fc.nat(40),
      length: fc.integer({ min: 1, max: 300 }),
      ordinal: fc.nat(2),
      loose: fc.boolean(),
    });
    const groups = fc.array(fc.array(entry, { maxLength: 6 }), { maxLength: 12 });
    fc.assert(
      fc.property(groups, (drawn) => {
        const wanted = drawn.map((group, index) =>
          group.map(({ at, length, ordinal, loose }, position): SegmentEntry => {
            const made = packed(at * 300, length, ordinal);
            if (!loose) return made;
            return { ...made, ordinal: index * 10 + position, location: undefined };
          }),
        );
        const steps = planReads(wanted, 1000);
        expect(steps.flatMap(({ first, end }) => [first, end]).slice(1, -1)).toEqual(
          steps.slice(0, -1).flatMap(({ end }) => [end, end]),
        );
        for (const { first, end, reads } of steps) {
          const asked = wanted.slice(first, end).flat();
          const brought = reads.flatMap((read) => read.entries);
          expect(brought.map(segmentEntryKey).toSorted()).toEqual(
            asked.map(segmentEntryKey).toSorted(),
          );
          for (const read of reads) {
            if (read.kind !== "pack") continue;
            expect(read.range.length).toBeLessThanOrEqual(1000);
            for (const { location, length } of read.entries) {
              const offset = location?.kind === "pack" ? location.offset : -1;
              expect(offset).toBeGreaterThanOrEqual(read.range.offset);
              expect(offset + length).toBeLessThanOrEqual(read.range.offset + read.range.length);
            }
          }
        }
      }),
    );
  });
});

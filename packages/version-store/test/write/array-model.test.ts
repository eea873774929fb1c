import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { read } from "../../src/read/read.ts";
import { ndarray, type NdArray } from "../../src/value/nd-array.ts";
import { append } from "../../src/write/append.ts";
import { deleteRange, update } from "../../src/write/update.ts";
import { write } from "../../src/write/write.ts";
import { openTypedContext } from "../open-typed-context.ts";

const WIDTH = 5;

const changes = fc.array(
  fc.record({
    kind: fc.constantFrom("write", "append", "update", "delete"),
    row: fc.nat(),
    removed: fc.nat(9),
    added: fc.nat(14),
  }),
  { minLength: 1, maxLength: 12 },
);

function toArray(rows: readonly number[], grid: readonly number[] | undefined): NdArray {
  const values = Float32Array.from(
    rows.flatMap((row) => [row, row + 0.1, row + 0.2, row + 0.3, row + 0.4]),
  );
  return ndarray({ shape: [rows.length, WIDTH], values, grid });
}

describe("any history of an array", () => {
  test.each([
    { name: "whole rows", grid: undefined },
    { name: "tiles", grid: [4, 2] },
  ])("in $name reads as a plain list says", async ({ grid }) => {
    await fc.assert(
      fc.asyncProperty(changes, fc.nat(20), fc.nat(20), async (history, from, length) => {
        const { context } = await openTypedContext({ targetBytes: 100 });
        let next = 0;
        const versions: number[][] = [[]];
        await write(context, "s", toArray([], grid));
        for (const { kind, row, removed, added } of history) {
          const rows = versions.at(-1) ?? [];
          const given = Array.from({ length: added }, () => (next += 1));
          const at = row % (rows.length + 1);
          const end = Math.min(rows.length, at + removed);
          const range = { rows: { from: at, to: end } };
          if (kind === "write") {
            versions.push([...rows.slice(0, at), ...given]);
            await write(context, "s", toArray(versions.at(-1) ?? [], grid));
          } else if (kind === "append" && added > 0) {
            versions.push([...rows, ...given]);
            await append(context, "s", toArray(given, undefined));
          } else if (kind === "update" && added > 0) {
            versions.push([...rows.slice(0, at), ...given, ...rows.slice(end)]);
            await update(context, "s", toArray(given, undefined), { range });
          } else if (kind === "delete" && end > at) {
            versions.push([...rows.slice(0, at), ...rows.slice(end)]);
            await deleteRange(context, "s", range);
          }
        }
        for (const [position, rows] of versions.entries()) {
          const { value } = await read(context, "s", { asOf: position + 1 });
          expect(value).toEqual(toArray(rows, grid));
        }
        const some = await read(context, "s", {
          members: [3, 1],
          rowRange: { from, to: from + length },
        });
        const rows = (versions.at(-1) ?? []).slice(from, from + length);
        expect([...(some.value as NdArray<Float32Array>).values]).toEqual([
          ...Float32Array.from(rows.flatMap((row) => [row + 0.3, row + 0.1])),
        ]);
      }),
      { numRuns: 60 },
    );
  });
});

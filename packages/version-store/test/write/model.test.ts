import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPieces } from "../../src/read/read-pieces.ts";
import { read } from "../../src/read/read.ts";
import { openTypedContext } from "../open-typed-context.ts";
import { changes, rowsOf, ValueModel, type Row } from "./value-model.ts";

describe("any history of changes", () => {
  test.each([
    { name: "of narrow frames", isWide: false, targetBytes: 96, numRuns: 60 },
    { name: "of narrow frames in larger blocks", isWide: false, targetBytes: 400, numRuns: 60 },
    { name: "of wide frames", isWide: true, targetBytes: 2600, numRuns: 20 },
  ])("$name reads as a model says", async ({ isWide, targetBytes, numRuns }) => {
    await fc.assert(
      fc.asyncProperty(changes, fc.nat(60), fc.nat(30), async (history, from, length) => {
        const { context } = await openTypedContext({ targetBytes });
        const model = new ValueModel(context, isWide);
        await model.start();
        for (const change of history) await model.make(change);
        for (const [position, rows] of model.versions.entries()) {
          const result = await read(context, "s", { asOf: position + 1 });
          expect(rowsOf(result.value)).toEqual(rows);
          expect(result.rows).toBe(rows.length);
        }
        const to = from + length;
        const ranged = await read(context, "s", { dateRange: { from, to } });
        const within = model.rows.filter(({ at }) => at >= from && at <= to);
        expect(rowsOf(ranged.value)).toEqual(within);
        const sliced = await read(context, "s", { rowRange: { from, to } });
        expect(rowsOf(sliced.value)).toEqual(model.rows.slice(from, to));
        const pieces: Row[] = [];
        for await (const piece of readPieces(context, "s")) {
          expect(piece.firstRow).toBe(pieces.length);
          pieces.push(...rowsOf(piece.value));
        }
        expect(pieces).toEqual(model.rows);
      }),
      { numRuns },
    );
  });
});

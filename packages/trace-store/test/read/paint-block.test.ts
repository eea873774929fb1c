import * as fc from "fast-check";
import { expect, test } from "vitest";

import { columnsOf } from "../../src/read/columns.ts";
import { paintBlock } from "../../src/read/paint-block.ts";
import { blockFromParts, blockToParts } from "../../src/run/block-segment.ts";
import type { RunRecord } from "../../src/run/run-record.ts";
import type { ViewRun } from "../../src/tile/tile-view.ts";
import { PointValues } from "../../src/values/point-values.ts";

const TYPE = "float32";

const cases = fc.record({
  width: fc.integer({ min: 1, max: 20 }),
  firstRow: fc.integer({ min: 0, max: 9 }),
  cells: fc.array(fc.constantFrom(0, 0, 0, 1, 1, 2, 3), { minLength: 20, maxLength: 200 }),
  wantedFirst: fc.integer({ min: 0, max: 12 }),
  wantedCount: fc.integer({ min: 1, max: 20 }),
  isWanted: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
});

test("rows without a gap are painted as rows are one by one", () => {
  fc.assert(
    fc.property(cases, ({ width, firstRow, cells, wantedFirst, wantedCount, isWanted }) => {
      const blockRows = Math.floor(cells.length / width);
      const states = Uint8Array.from(cells.slice(0, blockRows * width));
      const given = PointValues.over(
        TYPE,
        Float32Array.from(states, (_, at) => at + 1),
      );
      const shape = { rows: blockRows, width, stride: width, start: 0, states, values: given };
      const block = blockFromParts(blockToParts(shape), { type: TYPE, rows: blockRows, width });
      const offsets = Array.from({ length: width }, (_, offset) => offset);
      const columns = columnsOf(
        offsets.filter((offset) => isWanted[offset]),
        width,
      );
      const rows = Uint32Array.from({ length: wantedCount }, (_, at) => wantedFirst + at);
      const paint = (runRows: Int32Array | undefined): readonly unknown[] => {
        const painted = {
          rows,
          columns,
          states: new Uint8Array(rows.length * columns.count).fill(3),
          values: PointValues.create(TYPE, rows.length * columns.count),
        };
        const viewRun = { run: { offsets } as unknown as RunRecord, runRows } as ViewRun;
        const lane = { first: 0, end: width };
        const place = { lane, firstRow, rows: blockRows } as Parameters<
          typeof paintBlock
        >[0]["place"];
        paintBlock({ viewRun, place, block }, painted);
        return [painted.states, painted.values.expose()];
      };
      const oneByOne = Int32Array.from({ length: 40 }, (_, row) => row);
      expect(paint(undefined)).toEqual(paint(oneByOne));
    }),
    { numRuns: 500 },
  );
});

import { assertEqual, assertRejects } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import { matrixTable } from "./matrix-text.ts";

export function deleteCases(add: AddCase): void {
  add("missing, invalid and deleted are three things", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    const params = { a: "1" };
    await traces.append(0, [{ params, value: 1 }]);
    await traces.append(1, [{ params, invalid: true }]);
    await traces.append(2, [{ params, value: 3 }]);
    await traces.deletePoints(2, [",a=1,"]);
    const read = async (): Promise<unknown> =>
      matrixTable("float32", await traces.readMatrix(0, 4)).get(",a=1,");
    assertEqual(await read(), ["1", "?", "x", "."], "points");
    await traces.compactTile(0);
    assertEqual(await read(), ["1", "?", "x", "."], "points after merging");
    await traces.append(2, [{ params, value: 4 }]);
    assertEqual(await read(), ["1", "?", "4", "."], "a value over a deleted point");
    await assertRejects("no id", () => traces.deletePoints(0, ["a=1"]), "invalid-argument");
  });

  add("traces are deleted within a range, tile by tile", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    for (const position of [0, 7, 8, 20]) {
      await traces.append(
        position,
        ["a", "b"].map((kind) => ({ params: { kind }, value: position, options: { of: kind } })),
      );
    }
    const changes = await traces.deleteTraces({ kind: "a" }, { from: 7, to: 20 });
    assertEqual(
      changes.map(({ tile }) => tile),
      [1, 0],
      "tiles changed, newest first",
    );
    const table = matrixTable("float32", await traces.readMatrix(0, 21));
    assertEqual(
      [0, 7, 8, 20].map((position) => table.get(",kind=a,")?.[position]),
      ["0", "x", ".", "20"],
      "a trace that has nothing left in a tile is not in it",
    );
    assertEqual(
      [0, 7, 8, 20].map((position) => table.get(",kind=b,")?.[position]),
      ["0", "7", "8", "20"],
      "others stay",
    );
    assertEqual(await traces.count({ from: 8, to: 16 }), 1, "count in the tile");
    const again = await traces.deleteTraces({ kind: "a" }, { from: 7, to: 20 });
    assertEqual(again, [], "nothing is left to delete");
    await assertRejects("everything", () => traces.deleteTraces({}), "invalid-query");
  });

  add("what was said about a deleted trace does not come back with it", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    const params = { a: "1" };
    await traces.append(0, [{ params, value: 1, options: { unit: "%" } }]);
    await traces.deleteTraces({ a: "1" });
    assertEqual([await traces.count(), await traces.options()], [0, []], "it is gone");
    await traces.append(1, [{ params, value: 2 }]);
    assertEqual(
      (await traces.options()).map(({ options }) => options),
      [{}],
      "a new point brings no old options",
    );
  });

  add("tiles age out, and are taken back", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    for (const position of [0, 8, 17]) {
      await traces.append(position, [{ params: { a: "1" }, value: position }]);
    }
    assertEqual(await traces.deleteTilesBefore(17), [0, 1], "whole tiles before a position");
    assertEqual(await traces.densePositions(9), [17], "what is left");
    assertEqual(await traces.deleteTile(0), false, "it is gone already");
    await traces.undeleteTile(1);
    assertEqual(await traces.densePositions(9), [8, 17], "taken back");
    await traces.append(3, [{ params: { a: "2" }, value: 3 }]);
    assertEqual(await traces.densePositions(9), [3, 8, 17], "a deleted tile begins anew");
  });
}

import { assertEqual, collect } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import { matrixTable } from "./matrix-text.ts";

export function versionCases(add: AddCase): void {
  add("all of an append is one version", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    await traces.append(0, [{ params: { a: "0" }, value: 0 }]);
    const many = Array.from({ length: 300 }, (_, index) => ({
      params: { a: String(index) },
      value: 1,
    }));
    const { version = 0 } = await traces.append(1, many);
    const before = await traces.readTile(0, { asOf: version - 1 });
    assertEqual([before?.ids, before?.states[1]], [[",a=0,"], 0], "before it, nothing of it");
    assertEqual(
      (await traces.readTile(0, { asOf: version }))?.ids.length,
      300,
      "after it, all of it",
    );
  });

  add("old versions of a tile stay as they were", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    const versions: number[] = [];
    for (let position = 0; position < 8; position += 1) {
      const { version } = await traces.append(position, [{ params: { a: "1" }, value: position }]);
      versions.push(version ?? 0);
    }
    await traces.deleteTraces({ a: "1" });
    for (const [position, version] of versions.entries()) {
      const block = await traces.readTile(0, { asOf: version });
      const { values = new Float32Array() } = block ?? {};
      assertEqual(
        [...values.subarray(0, position + 1)],
        Array.from({ length: position + 1 }, (_, index) => index),
        `version ${version}`,
      );
    }
  });

  add("a snapshot is one state of all tiles", async ({ library, openTraces }) => {
    const traces = await openTraces("float32");
    for (const position of [0, 8, 300]) {
      await traces.append(position, [{ params: { a: "1" }, value: position }]);
    }
    await library.snapshot("before");
    const read = async (asOf?: string): Promise<unknown> => [
      await traces.densePositions(9, { asOf }),
      (await collect(traces.listTiles({ asOf }))).map(({ tile, version }) => [tile, version]),
      [...matrixTable("float32", await traces.readMatrix(0, 301, { asOf })).keys()],
    ];
    const before = await read();
    await traces.append(8, [{ params: { a: "2" }, value: 9 }]);
    await traces.append(400, [{ params: { a: "1" }, value: 4 }]);
    await traces.deleteTile(0);
    assertEqual(await read("before"), before, "what the snapshot pins");
    assertEqual(await traces.densePositions(9), [8, 300, 400], "what is there now");
  });

  add("tiles are told newest first, with what they hold", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    for (const position of [1, 3, 330]) {
      await traces.append(position, [{ params: { a: "1" }, value: 1 }]);
    }
    const tiles = await collect(traces.listTiles());
    assertEqual(
      tiles.map(({ tile, from, to, version, positions, runs, points }) => [
        [tile, from, to, version],
        positions,
        [runs, points],
      ]),
      [
        [[41, 328, 336, 1], [330], [1, 1]],
        [
          [0, 0, 8, 2],
          [1, 3],
          [2, 2],
        ],
      ],
      "tiles",
    );
  });

  add("equal appends leave few runs, and a full tile one", async ({ openTraces }) => {
    const traces = await openTraces("float32", { tileSize: 16 });
    for (let position = 0; position < 16; position += 1) {
      const { mergeError } = await traces.append(position, [
        { params: { a: "1" }, value: position },
        { params: { a: String(position) }, value: position },
      ]);
      assertEqual(mergeError, undefined, "merging works");
      const [tile] = await collect(traces.listTiles());
      assertEqual((tile?.runs ?? 99) <= 6, true, `runs after ${position + 1} appends`);
    }
    const [tile] = await collect(traces.listTiles());
    assertEqual([tile?.runs, tile?.positions.length], [1, 16], "a full tile");
    const { values } = await traces.readMatrix(0, 16, { ids: [",a=1,"] });
    assertEqual(
      [...values],
      Array.from({ length: 16 }, (_, index) => index),
      "points",
    );
  });
}

import type { TraceStore } from "../trace-store.ts";
import { POINT } from "../trace-values.ts";
import { assert, assertEqual, assertRejects, collect } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import { matrixTable } from "./matrix-text.ts";

/** A trace with a value at some positions, which is ten times the position. */
async function fill(
  traces: TraceStore<"float32">,
  name: string,
  positions: readonly number[],
): Promise<void> {
  for (const position of positions) {
    await traces.append(position, [{ params: { name }, value: 10 * position }]);
  }
}

function digest(seed: number): Uint8Array {
  return new Uint8Array(16).fill(seed);
}

export function readCases(add: AddCase): void {
  add("ranges are half-open, over tiles and gaps", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    await fill(traces, "x", [0, 7, 8, 40, 41]);
    const read = async (from: number, to: number): Promise<unknown> =>
      matrixTable("float32", await traces.readMatrix(from, to)).get(",name=x,");
    assertEqual(await read(7, 9), ["70", "80"], "a border of tiles");
    assertEqual(await read(39, 41), [".", "400"], "the end is not in it");
    assertEqual(await read(16, 40), undefined, "tiles without data");
    const empty = await traces.readMatrix(7, 7);
    assertEqual([empty.ids.length, empty.positions.length], [0, 0], "an empty range");
    await assertRejects("reversed", () => traces.readMatrix(9, 7), "invalid-argument");
    await assertRejects("negative", () => collect(traces.readRange(-1, 7)), "invalid-argument");
  });

  add("blocks come tile after tile, traces in order, none larger than asked", async (on) => {
    const traces = await on.openTraces("float32");
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    for (const position of [1, 9]) {
      await traces.append(
        position,
        names.map((name, index) => ({ params: { name }, value: index })),
      );
    }
    const blocks = await collect(traces.readRange(0, 16, { blockBytes: 8 * 5 * 7 }));
    assert(
      blocks.every(({ ids }) => ids.length <= 7),
      "a block is no larger than asked",
    );
    assertEqual(
      blocks.map(({ tile }) => tile),
      blocks.map(({ tile }) => tile).sort((left, right) => left - right),
      "oldest tiles first",
    );
    for (const { ids, values, states } of blocks) {
      for (const [row, id] of ids.entries()) {
        const at = 8 * row + 1;
        assertEqual(
          [states[at], `,name=n${values[at]},`],
          [POINT.value, id],
          "each its own points",
        );
      }
    }
    for (const tile of [0, 1]) {
      const ids = blocks.filter((block) => block.tile === tile).flatMap((block) => block.ids);
      assertEqual(ids, names.map((name) => `,name=${name},`).sort(), "each trace once, in order");
    }
  });

  add("a tile is one block, with its options", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    await traces.append(9, [{ params: { a: "1" }, value: 1, options: { unit: "%" } }]);
    await traces.append(10, [{ params: { a: "2" }, invalid: true }]);
    const block = await traces.readTile(1);
    assertEqual(
      [block?.tile, block?.from, block?.to, block?.version, block?.ids, block?.options],
      [1, 8, 16, 2, [",a=1,", ",a=2,"], [{ unit: "%" }, undefined]],
      "tile",
    );
    assertEqual(
      [...(block?.states ?? [])],
      [0, POINT.value, 0, 0, 0, 0, 0, 0, 0, 0, POINT.invalid, 0, 0, 0, 0, 0],
      "states",
    );
    assertEqual(await traces.readTile(0), undefined, "a tile without data");
  });

  add("too much at once is refused", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    await fill(traces, "x", [0]);
    await assertRejects("matrix", () => traces.readMatrix(0, 100, { maxBytes: 499 }), "too-large");
    await assertRejects("tile", () => traces.readTile(0, { maxBytes: 39 }), "too-large");
    assertEqual((await traces.readTile(0, { maxBytes: 40 }))?.ids.length, 1, "what fits");
  });

  add("the newest positions with data are found, however far apart", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    assertEqual(await traces.densePositions(3), [], "no data");
    await fill(traces, "x", [50, 800, 1100]);
    assertEqual(await traces.densePositions(2), [800, 1100], "two of three");
    assertEqual(await traces.densePositions(400), [50, 800, 1100], "fewer than asked, to tile 0");
    assertEqual(await traces.densePositions(0), [], "none");
    await assertRejects("negative", () => traces.densePositions(-1), "invalid-argument");
    const dense = await traces.readDense(2);
    assertEqual(
      [dense.positions, ...matrixTable("float32", dense)],
      [
        [800, 1100],
        [",name=x,", ["8000", "11000"]],
      ],
      "points",
    );
  });

  add("a position from which everything was deleted has no data", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    const many = Array.from({ length: 30 }, (_, name) => ({
      params: { name: `n${name}` },
      value: 1,
    }));
    await traces.append(3, many);
    await fill(traces, "x", [1, 2]);
    await traces.deletePoints(2, [",name=x,"]);
    const [tile] = await collect(traces.listTiles());
    assertEqual([tile?.runs, tile?.positions], [4, [1, 3]], "a tile that was not merged yet");
    assertEqual(await traces.densePositions(2), [1, 3], "positions");
    await traces.compactTile(0);
    assertEqual(await traces.densePositions(2), [1, 3], "positions after merging");
  });

  add("the newest point of each trace is found without its neighbours", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    await fill(traces, "old", [1, 3]);
    await fill(traces, "new", [8, 9]);
    await traces.append(10, [{ params: { name: "bad" }, invalid: true }]);
    const { ids, positions, states, values } = await traces.latest();
    assertEqual(ids, [",name=bad,", ",name=new,", ",name=old,"], "traces");
    assertEqual([...positions], [10, 9, 3], "positions");
    assertEqual([...states], [POINT.invalid, POINT.value, POINT.value], "states");
    assertEqual([...values], [0, 90, 30], "values");
    assertEqual((await traces.latest({ tiles: 1 })).ids.length, 2, "one tile");
    await traces.deletePoints(9, [",name=new,"]);
    assertEqual([...(await traces.latest()).positions], [10, 8, 3], "after a deletion");
  });

  add("options hold by position, and can be cleared", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    const say = (position: number, options?: Record<string, string>): Promise<unknown> =>
      traces.append(position, [{ params: { a: "1" }, value: 1, options }]);
    const read = async (): Promise<unknown> =>
      (await traces.options()).map(({ position, options }) => [position, options]);
    await say(5, { ext: "png" });
    await say(3, { ext: "old" });
    assertEqual(
      await read(),
      [[5, { ext: "png" }]],
      "an earlier position does not hide a later one",
    );
    await say(5, { ext: "gif" });
    assertEqual(await read(), [[5, { ext: "gif" }]], "at one position, what came last holds");
    await say(6);
    assertEqual(await read(), [[5, { ext: "gif" }]], "no word changes nothing");
    await say(9, {});
    assertEqual(await read(), [[9, {}]], "no keys clear them, in a newer tile too");
    await say(2, { ext: "late" });
    assertEqual(await read(), [[9, {}]], "a late word about the past changes nothing");
  });

  add("traces with the same value are found", async ({ openTraces }) => {
    const traces = await openTraces("digest");
    await traces.append(
      0,
      [7, 1, 7, 2, 1, 7].map((seed, miner) => ({
        params: { miner: String(miner) },
        value: digest(seed),
      })),
    );
    await traces.append(1, [{ params: { miner: "0" }, value: digest(9) }]);
    const same = await traces.same(0);
    assertEqual(
      same.map(({ value, ids }) => [value[0], ids]),
      [
        [7, [",miner=0,", ",miner=2,", ",miner=5,"]],
        [1, [",miner=1,", ",miner=4,"]],
      ],
      "groups",
    );
    assertEqual(await traces.same(1), [], "one alone is no group");
    const some = await traces.same(0, { where: { miner: ["1", "4"] } });
    assertEqual(some.length, 1, "of some traces");
  });

  add("a reader that keeps what it read sees what came since", async (on) => {
    const writer = await on.openTraces("float32");
    const reader = await on.openTraces("float32", { library: await on.openAgain() });
    for (let position = 0; position < 6; position += 1) {
      await fill(writer, `n${position}`, [position]);
      assertEqual(await reader.count(), position + 1, "a new trace is not lost");
      assertEqual((await reader.densePositions(1))[0], position, "nor its position");
    }
  });
}

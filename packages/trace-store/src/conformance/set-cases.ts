import { openTraceStore } from "../open-trace-store.ts";
import { listTraceSets } from "../set/set-config.ts";
import { assertEqual, assertRejects, collect } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";

const entry = { params: { a: "1" }, value: 1 };

export function setCases(add: AddCase): void {
  add("a set is what it was made with, whoever opens it", async ({ library, openTraces }) => {
    await openTraces("float64", { tileSize: 16 });
    const again = await openTraceStore({ library, set: "test" });
    assertEqual(again.config, { set: "test", valueType: "float64", tileSize: 16 }, "config");
  });

  add("another tile size or value type is refused", async ({ library, openTraces }) => {
    await openTraces("float32");
    const set = "test";
    await assertRejects(
      "tile size",
      () => openTraceStore({ library, set, valueType: "float32", tileSize: 9 }),
      "tile-size-mismatch",
    );
    await assertRejects(
      "value type",
      () => openTraceStore({ library, set, valueType: "digest" }),
      "value-type-mismatch",
    );
  });

  add("a tile that belongs to a set with another tile size is refused", async (on) => {
    const traces = await on.openTraces("float32");
    await traces.append(3, [entry]);
    const other = await on.openTraces("float32", { set: "other", tileSize: 16 });
    // As if somebody had copied one set's tile into the other.
    const tile = await on.library.resolve("trace/test/2147483647");
    await using transaction = await on.library.begin("trace/other/2147483647");
    await transaction.commit(() => ({
      manifest: { ...tile.manifest, segments: [] },
      identity: new Uint8Array(1),
      rawBytes: 0,
    }));
    await assertRejects("read", () => other.readTile(0), "tile-size-mismatch");
    await assertRejects("append", () => other.append(3, [entry]), "tile-size-mismatch");
  });

  add("what is no set is not opened", async ({ library }) => {
    await assertRejects("no set", () => openTraceStore({ library, set: "test" }), "no-such-set");
    for (const set of ["", "a/b", "ä", "x".repeat(65)]) {
      await assertRejects(
        `name ${set}`,
        () => openTraceStore({ library, set, valueType: "float32" }),
        "invalid-set-name",
      );
    }
    for (const tileSize of [0, -1, 1.5, 4097]) {
      await assertRejects(
        `tile size ${tileSize}`,
        () => openTraceStore({ library, set: "test", valueType: "float32", tileSize }),
        "invalid-argument",
      );
    }
  });

  add("of those who make a set at the same time, one does", async ({ openAgain, openTraces }) => {
    const libraries = await Promise.all([openAgain(), openAgain(), openAgain()]);
    const opened = await Promise.all(
      libraries.map((library) => openTraces("float32", { library })),
    );
    await Promise.all(
      opened.map((traces, miner) =>
        traces.append(0, [{ params: { miner: String(miner) }, value: miner }]),
      ),
    );
    assertEqual(await opened[0]?.count(), 3, "all use one set");
  });

  add("sets of one library do not see each other", async ({ library, openTraces }) => {
    const [one, other] = [
      await openTraces("float32"),
      await openTraces("digest", { set: "test.2" }),
    ];
    await one.append(0, [entry]);
    assertEqual(await other.count(), 0, "traces of the other set");
    assertEqual(await one.count(), 1, "own traces");
    const sets = await collect(listTraceSets(library));
    assertEqual(
      sets.map(({ set, valueType }) => [set, valueType]),
      [
        ["test", "float32"],
        ["test.2", "digest"],
      ],
      "the sets there are",
    );
  });
}

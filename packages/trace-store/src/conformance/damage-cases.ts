import { segmentOwnerKey, type Library } from "@foretile/version-store";
import type { TraceStoreError } from "../trace-store-error.ts";
import { assert, assertEqual, assertRejects, collect } from "./assertions.ts";
import type { AddCase, CaseStore } from "./conformance-case.ts";

/** Takes the blobs away that hold a tile's segments. */
async function damage({ store }: CaseStore, library: Library, symbol: string): Promise<void> {
  const { manifest } = await library.resolve(symbol);
  const keys = new Set(manifest.segments.map(segmentOwnerKey));
  await store.blobs.deleteMany([...keys]);
}

export function damageCases(add: AddCase): void {
  add("a damaged tile is named, and the others can be read", async (on) => {
    const traces = await on.openTraces("float32");
    for (const position of [0, 8, 16]) {
      await traces.append(position, [{ params: { a: "1" }, value: position }]);
    }
    await damage(on, on.library, "trace/test/2147483646");
    const reader = await on.openTraces("float32", { library: await on.openAgain() });
    const error = await assertRejects("range", () => reader.readMatrix(0, 24), "tile-damaged");
    assert(error.message.includes("tile=1"), "the message names the tile");
    const told: TraceStoreError[] = [];
    const onDamaged = (damaged: TraceStoreError): void => void told.push(damaged);
    const { values } = await reader.readMatrix(0, 24, { onDamaged });
    assertEqual([values[0], values[16]], [0, 16], "the other tiles");
    const blocks = await collect(reader.query({ a: "1" }, { onDamaged }));
    assertEqual(
      blocks.map(({ tile }) => tile),
      [0, 2],
      "the other tiles of a query",
    );
    assertEqual(await reader.count({ onDamaged }), 1, "count without it");
    assertEqual(
      told.map(({ details }) => details["tile"]),
      [1, 1, 1],
      "each call tells of it once",
    );
    await assertRejects("query", () => collect(reader.query({ a: "1" })), "tile-damaged");
    await assertRejects("count", () => reader.count(), "tile-damaged");
  });

  add("a damaged tile takes what comes, and says that it cannot be merged", async (on) => {
    const traces = await on.openTraces("float32");
    for (const position of [0, 1, 2]) {
      await traces.append(position, [{ params: { a: String(position) }, value: position }]);
    }
    await damage(on, on.library, "trace/test/2147483647");
    const writer = await on.openTraces("float32", { library: await on.openAgain() });
    const { version, results, mergeError } = await writer.append(3, [
      { params: { b: "1" }, value: 3 },
    ]);
    assertEqual([version, results[0]?.status], [4, "stored"], "the append");
    assertEqual((mergeError as TraceStoreError | undefined)?.code, "tile-damaged", "the merge");
  });
}

import { expect, test } from "vitest";
import { RunWriter } from "../../src/run/run-writer.ts";
import { PointValues } from "../../src/values/point-values.ts";
import { openTestTraces } from "../store/open-test-traces.ts";

test.each([
  [2, true],
  [1, false],
])("of two points, %i announced: it takes them is %s", async (points, isTaken) => {
  const { library } = await openTestTraces({ valueType: "float32" });
  await using transaction = await library.begin("a run");
  const writer = new RunWriter({
    codec: library.segmentCodec,
    put: (bytes, hash) => transaction.putSegment(bytes, hash),
    type: "float32",
    rows: 2,
    tableId: "0".repeat(32),
    offsets: [3],
    points,
  });
  const values = PointValues.over("float32", Float32Array.of(1, 2));
  const written = writer
    .write({ rows: 2, states: Uint8Array.of(1, 1), values })
    .then(() => writer.finish([]));
  // A record that says too little would otherwise cost the last points their place in the facts.
  await (isTaken
    ? expect(written).resolves.toMatchObject({ points: 2 })
    : expect(written).rejects.toMatchObject({ code: "tile-damaged" }));
});

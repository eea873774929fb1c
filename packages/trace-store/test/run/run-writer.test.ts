import { expect, test } from "vitest";
import { RunWriter, type WrittenRun } from "../../src/run/run-writer.ts";
import { PointValues } from "../../src/values/point-values.ts";
import { openTestTraces } from "../store/open-test-traces.ts";

/** Writes a run of two rows with a point each. */
async function writeTwoPoints(announced: number): Promise<WrittenRun> {
  const { library } = await openTestTraces({ valueType: "float32" });
  await using transaction = await library.begin("a run");
  const writer = new RunWriter({
    codec: library.segmentCodec,
    put: (bytes, hash) => transaction.putSegment(bytes, hash),
    type: "float32",
    rows: 2,
    tableId: "0".repeat(32),
    offsets: [3],
    points: announced,
  });
  const values = PointValues.over("float32", Float32Array.of(1, 2));
  await writer.write({ rows: 2, states: Uint8Array.of(1, 1), values });
  return await writer.finish([]);
}

test("takes the points that were announced", async () => {
  expect(await writeTwoPoints(2)).toMatchObject({ points: 2, recorded: [3] });
});

test("refuses more, which would have no place in the facts", async () => {
  await expect(writeTwoPoints(1)).rejects.toMatchObject({ code: "tile-damaged" });
});

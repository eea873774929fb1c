import { readFile } from "node:fs/promises";
import { openMemoryStore } from "@foretile/storage/memory";
import { dumpStore, loadStore, type StoreDump } from "@foretile/testkit";
import { openLibrary } from "@foretile/version-store";
import { describe, expect, test } from "vitest";
import { openPredictionStore, requestKey, SYNTH_HIGH, SYNTH_LOW } from "../src/index.ts";
import { goldenScores, writeGoldenStore } from "./golden/store.ts";
import { bitsOf, readAll, request, walk } from "./store/open-test-store.ts";

const golden = JSON.parse(
  await readFile(new URL("golden/store-v1.json", import.meta.url), "utf8"),
) as StoreDump;

describe("prediction store format 1", () => {
  test("is written byte for byte as it was", async () => {
    expect(await dumpStore(await writeGoldenStore())).toEqual(golden);
  });

  test("is read as it was written", async () => {
    const store = openMemoryStore();
    await loadStore(golden, store);
    const predictions = await openPredictionStore({ library: await openLibrary({ store }) });
    expect(await predictions.labels()).toEqual([SYNTH_LOW, SYNTH_HIGH]);
    expect(await predictions.readScores(requestKey(request))).toEqual(goldenScores);
    const published = await predictions.read(requestKey(request));
    expect(published.answers.map((answer) => [answer.minerId, answer.status])).toEqual([
      [1, "valid"],
      [3, "invalid"],
      [4, "valid"],
    ]);
    const tiles = await readAll(published);
    for (const minerId of [1, 4]) expect(tiles.get(minerId)).toEqual(bitsOf(walk(minerId)));
    for await (const event of predictions.verify()) expect(event.type).toBe("checked");
  });
});

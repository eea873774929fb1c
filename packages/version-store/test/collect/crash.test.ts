import { createInstantClock } from "@foretile/testkit";
import { describe, expect, test } from "vitest";
import { collect } from "../../src/collect/collect.ts";
import { openTestContext } from "../open-test-context.ts";
import { dyingStore, type Death } from "./dying-store.ts";
import { makeSample, missingFrom, openSample, SAMPLE_END_MS } from "./sample-library.ts";
import { contentsOf } from "./store-contents.ts";

const sample = await makeSample();

describe("a collector that dies", () => {
  test("has garbage of every kind in its sample library", async () => {
    const { context } = await openSample(sample);
    const report = await collect(context, { force: true });
    expect(report).toMatchObject({ versions: 5, snapshots: 1, deferredBy: [], stranded: [] });
    expect(report.expired).toHaveLength(3);
    const { segments, packs, cellLists, ...documents } = report.deleted;
    expect(segments.blobs + packs.blobs + cellLists.blobs).toBeGreaterThan(0);
    for (const { blobs } of Object.values(documents)) expect(blobs).toBeGreaterThan(0);
    expect(await missingFrom(context)).toEqual([]);
  });

  test.each<Death>(["before", "after", "halfway"])(
    "vector 120: leaves nothing needed deleted and nothing behind for the next one, %s any call",
    async (death) => {
      const undisturbed = await openSample(sample);
      await collect(undisturbed.context, { force: true });
      const wanted = await contentsOf(undisturbed.context);
      let deaths = 0;
      for (let n = 1; ; n += 1) {
        const { store, context } = await openSample(sample, {
          wrap: (inner) => dyingStore(inner, n, death),
        });
        const outcome = await collect(context, { force: true }).catch((error: unknown) => error);
        const clock = createInstantClock({ startMs: SAMPLE_END_MS });
        const survivor = await openTestContext({ store, seed: 3, clock });
        expect(await missingFrom(survivor)).toEqual([]);
        await collect(survivor, { force: true });
        expect(await missingFrom(survivor)).toEqual([]);
        expect(await contentsOf(survivor)).toEqual(wanted);
        if (!(outcome instanceof Error)) break;
        deaths += 1;
      }
      expect(deaths).toBeGreaterThan(60);
    },
    60_000,
  );
});

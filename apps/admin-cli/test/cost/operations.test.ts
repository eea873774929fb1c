import { openPredictionStore, SYNTH_LOW, type ScoreSet } from "@foretile/prediction-store";
import { systemClock } from "@foretile/resilience/system";
import type { Store } from "@foretile/storage";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createLibrary } from "@foretile/version-store";
import { expect, test } from "vitest";

import { requestSize, type Load } from "../../src/cost/load.ts";
import { requestOperations } from "../../src/cost/operations.ts";

/** Two paths of 289 steps: as many segments as the real thing, and hardly any bytes. */
const label = { label: "low", simulations: 2, steps: 289, everySeconds: 300, retentionDays: 12 };

function loadOf(miners: number, placement: Load["placement"]): Load {
  return {
    labels: [label],
    miners,
    ratio: 1,
    reads: 1,
    collections: 0,
    placement,
    packBytes: 150_000,
  };
}

test.each([
  [3, "segments"],
  [250, "segments"],
  [250, "packs"],
  [3, "cells"],
  [250, "cells"],
] as const)("a request of %i answers in %s costs what is computed", async (miners, placement) => {
  const counter = createCallCounter();
  const { observe } = counter;
  const store = withObserver(openMemoryStore(), { observe, clock: systemClock });
  const library = await createLibrary({
    store,
    composition: placement === "packs" ? { placement, packBytes: 150_000 } : { placement },
    probe: false,
  });
  const predictions = await openPredictionStore({
    library,
    // In cells, a raw tile is one plain cell, as the network's own: what is computed are frames.
    mode: placement === "cells" ? "lz4" : "raw",
  });
  await predictions.setLabels([{ ...SYNTH_LOW, simulations: 2 }]);
  await store.table("low").setFamily("p", {});
  counter.reset();

  const request = {
    label: "low",
    asset: "BTC",
    startUnixSeconds: 1_512_475_200,
    timeIncrementSeconds: 300,
    timeLengthSeconds: 86_400,
    simulations: 2,
  };
  const answers = Array.from({ length: miners }, (_, minerUid) => ({
    minerUid,
    minerId: 1000 + minerUid,
    processTimeSeconds: 1,
    outcome: { status: "valid", tile: new Float32Array(2 * 289).fill(minerUid + 1) } as const,
  }));
  const { key, version, versionHash, rawBytes, storedBytes } = await predictions.publish(
    request,
    answers,
  );
  const published = await predictions.read(key);
  let tiles = 0;
  for await (const { values } of published.tiles()) tiles += values === undefined ? 0 : 1;
  expect(tiles).toBe(miners);
  const scores: ScoreSet = {
    requestKey: key,
    requestVersion: version,
    requestVersionHash: versionHash,
    scoredBy: "test",
    pricesHash: "0".repeat(64),
    missingPriceCount: 0,
    miners: answers.map(({ minerId, minerUid }) => ({
      minerId,
      minerUid,
      status: "scored",
      crps: 1 / 3,
      intervals: { "5min": 1 / 3, "30min": 2 / 3, "3hour": 4 / 3, "24hour_abs": 5 / 3 },
      promptScore: 0,
    })),
  };
  await predictions.writeScores(scores);
  const written = [...counter.totals().values()].reduce(
    (sum, { bytesWritten }) => sum + bytesWritten,
    0,
  );
  await library.delete(`request/${key}`);
  await library.delete(`scores/${key}`);

  const calls = (operation: Parameters<ReturnType<typeof counter.totals>["get"]>[0]): number =>
    counter.totals().get(operation)?.calls ?? 0;
  // Frames of such small tiles are mostly header.
  const ratio = storedBytes / rawBytes;
  const load = { ...loadOf(miners, placement), ratio };
  expect({
    blobWrites: calls("blobs.putNew"),
    blobReads: calls("blobs.get"),
    refReads: calls("refs.read"),
    refWrites: calls("refs.compareAndSet"),
    refLists: calls("refs.list"),
    rowWrites: await rowCount(store),
  }).toEqual(pick(requestOperations(label, load)));
  // Documents are estimated: within a third, they are a percent of a real request.
  const { documentBytes } = requestSize(label, load);
  expect(written - storedBytes).toBeGreaterThan(documentBytes * 0.6);
  expect(written - storedBytes).toBeLessThan(documentBytes * 1.4);
});

function pick(operations: ReturnType<typeof requestOperations>) {
  const { blobWrites, blobReads, refReads, refWrites, refLists, rowWrites } = operations;
  return { blobWrites, blobReads, refReads, refWrites, refLists, rowWrites };
}

async function rowCount(store: Store): Promise<number> {
  let count = 0;
  for await (const rows of store.table("low").readRows({})) count += rows.length;
  return count;
}

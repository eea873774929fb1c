import { expect, test } from "vitest";

import { costOf, volumeOf } from "../../src/cost/cost-of.ts";
import type { Load } from "../../src/cost/load.ts";
import { DEFAULT_PRICES, type Prices } from "../../src/cost/prices.ts";

/** One request an hour of ten tiles with 100 paths of 64 steps, kept for two days, stored as half of their bytes. */
const load: Load = {
  labels: [{ label: "a", simulations: 100, steps: 64, everySeconds: 3600, retentionDays: 2 }],
  miners: 10,
  ratio: 0.5,
  reads: 2,
  collections: 1,
  placement: "segments",
  packBytes: 100_000,
};

// By hand: a tile has 100 · 64 · 4 = 25 600 bytes, a request 256 000, half of that stored; 10 · 2 panels = 20 segments;
// documents 3 000 + 10 · 200 + 20 · 24 = 5 480 bytes. 24 requests a day.
const STORED = 24 * (128_000 + 5480);

const price = (usd: number) => ({ usd, source: "test" });
const prices: Prices = {
  date: "2026-01-01",
  disk_gb_month: price(3000),
  bigtable_node_hour: price(2),
  bigtable_gb_month: price(3000),
  s3_gb_month: price(3000),
  s3_put_1000: price(10),
  s3_get_1000: price(1),
};

test("the volume of a load is what is computed by hand", () => {
  expect(volumeOf(load)).toEqual({
    requestsPerDay: 24,
    tilesPerDay: 240,
    rawBytesPerDay: 24 * 256_000,
    storedBytesPerDay: STORED,
    readBytesPerDay: 2 * STORED,
    keptBytes: 2 * STORED,
    // 20 segments, the version and the scores.
    keptObjects: 2 * 24 * 22,
    operationsPerDay: {
      blobWrites: 24 * (20 + 1 + 1 + 4),
      blobPuts: 24 * 26,
      blobReads: 24 * 2 * 21,
      blobDeletes: 24 * 22,
      refReads: 24 * (3 + 2 + 2 + 4),
      refWrites: 24 * 12,
      refLists: 24 * 4,
      // 1 056 objects are two listings of a thousand.
      blobLists: 2,
      rowWrites: 0,
      rowReads: 0,
    },
  });
});

test("packs are few objects and few requests", () => {
  const { operationsPerDay } = volumeOf({ ...load, placement: "packs" });
  // 128 000 bytes are two packs of at most 100 000; each is read at once.
  expect(operationsPerDay).toMatchObject({ blobWrites: 24 * 8, blobReads: 24 * 2 * 3 });
});

test("packs that S3 gets in parts take a request for each, and two more", () => {
  const big = { ...load, miners: 10_000, placement: "packs", packBytes: 65e6 } as const;
  // 128 800 000 bytes with the index are two packs; 65 000 000 bytes are four parts of 16 MiB; ranges of 8 MiB are 16.
  const { operationsPerDay } = volumeOf(big);
  const pages = 19;
  expect(operationsPerDay.blobWrites).toBe(24 * (2 + 1 + pages + 5));
  expect(operationsPerDay.blobPuts).toBe(24 * (2 * 6 + 1 + pages + 5));
  expect(operationsPerDay.blobReads).toBe(24 * 2 * (16 + 1 + pages));
});

test("cells are a row per tile and one list", () => {
  const volume = volumeOf({ ...load, placement: "cells" });
  expect(volume.operationsPerDay).toMatchObject({
    rowWrites: 240,
    rowReads: 480,
    blobWrites: 24 * (1 + 6),
    blobReads: 24 * 2 * 1,
    refWrites: 24 * 13,
  });
  // 8 MiB less a cell are 654 rows of 12 800 bytes; one more begins before they are full.
  const many = volumeOf({ ...load, miners: 1313, placement: "cells" });
  const pages = 2;
  expect(many.operationsPerDay.blobWrites).toBe(24 * (3 + pages + 6));
  expect(volume.keptObjects).toBe(2 * 24 * (3 + 10));
});

test("labels add up", () => {
  const [label] = load.labels;
  if (label === undefined) throw new Error("there is no label");
  const both = volumeOf({ ...load, labels: [label, { ...label, retentionDays: 4 }] });
  expect(both).toMatchObject({
    requestsPerDay: 48,
    storedBytesPerDay: 2 * STORED,
    keptBytes: 6 * STORED,
  });
});

test("each back end bills what is computed by hand", () => {
  const volume = volumeOf(load);
  const keptGb = (2 * STORED) / 1e9;
  const lmdb = costOf("lmdb", volume, prices, 3);
  expect(lmdb.usdPerDay).toBeCloseTo(keptGb * 100, 9);
  expect(lmdb.usdPerMonth).toBeCloseTo(keptGb * 3000, 9);
  const bigtable = costOf("bigtable", volume, prices, 3);
  expect(bigtable.usdPerDay).toBeCloseTo(3 * 24 * 2 + ((2 * STORED) / 2 ** 30) * 100, 9);
  // 624 blobs, 288 records and 98 listings; 1 008 blobs and 264 records are read.
  const s3 = costOf("s3", volume, prices, 3);
  expect(s3.usdPerDay).toBeCloseTo(
    keptGb * 100 + (624 + 288 + 96 + 2) / 100 + (1008 + 264) / 1000,
    9,
  );
  const hybrid = costOf("hybrid", volume, prices, 3);
  expect(hybrid.usdPerDay).toBeCloseTo(
    keptGb * 100 + 3 * 24 * 2 + (624 + 2) / 100 + 1008 / 1000,
    9,
  );
  expect(s3.lines.reduce((sum, { usdPerDay }) => sum + usdPerDay, 0)).toBe(s3.usdPerDay);
});

test("every default price says where it comes from", () => {
  const { date, ...listed } = DEFAULT_PRICES;
  expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  for (const { usd, source } of Object.values(listed)) {
    expect(usd).toBeGreaterThan(0);
    expect(source).not.toBe("");
  }
});

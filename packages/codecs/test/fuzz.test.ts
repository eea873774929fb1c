import { expect, test } from "vitest";

import { fuzzDocuments } from "./fuzz/fuzz-documents.ts";
import { fuzzTileFrames } from "./fuzz/fuzz-tile-frames.ts";

// What they check they throw. That every outcome comes shows that the cases reach all layers.
test("hostile tile frames decode alike in both twins, or fail typed", async () => {
  const outcomes = await fuzzTileFrames({ seed: 1, cases: 4_000 });
  expect([...outcomes.keys()].toSorted()).toEqual([
    "damaged",
    "decoded",
    "not-a-frame",
    "not-canonical",
    "too-large",
    "truncated",
    "unsupported-element-type",
    "unsupported-mode",
    "unsupported-version",
  ]);
  expect(outcomes.get("decoded")).toBeGreaterThan(300);
}, 120_000);

test("hostile documents are written again as they were, or fail typed", async () => {
  const outcomes = await fuzzDocuments({ seed: 1, cases: 4_000 });
  expect([...outcomes.keys()].toSorted()).toEqual([
    "damaged",
    "decoded",
    "not-a-frame",
    "not-canonical",
    "too-large",
    "truncated",
    "unsupported-version",
  ]);
  expect(outcomes.get("decoded")).toBeGreaterThan(20);
}, 120_000);

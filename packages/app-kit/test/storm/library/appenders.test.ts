import { createSeededRandom } from "@foretile/testkit";
import type { Library } from "@foretile/version-store";
import { expect, test } from "vitest";

import { LibraryChecker } from "./check-library.ts";
import { nameOf } from "./named-segments.ts";
import { newLibrary } from "./new-library.ts";
import { oneLife } from "./one-life.ts";
import { runWorker } from "./run-worker.ts";
import { StormLedger } from "./storm-ledger.ts";
import { SHARED_SYMBOLS } from "./storm-symbols.ts";
import type { CommitLine } from "./told-lines.ts";

const SEED = 20_210_713;
const SYMBOL = SHARED_SYMBOLS[0];
const KILLS = 100;
async function lengthOf(library: Library): Promise<number> {
  return (await library.resolve(SYMBOL)).manifest.segments.length;
}

test("vector 92: an appender killed 100 times leaves a readable symbol that never shrinks", async () => {
  await using opened = await newLibrary();
  const { path, cache, library } = opened;
  const random = createSeededRandom(SEED);
  const ledger = new StormLedger();
  const first = { path, symbol: SYMBOL, life: "a.0", times: 1 };
  for (const line of await runWorker<CommitLine>("appender", first, cache)) ledger.hear(line);

  for (let kill = 1; kill <= KILLS; kill += 1) {
    const before = await lengthOf(library);
    const lines = await oneLife<CommitLine>("appender", {
      options: { path, symbol: SYMBOL, life: `a.${kill}` },
      random,
      // About four appends.
      mostCalls: 40,
      mostLines: 4,
      longestDelayMs: 8,
      cache,
    });
    for (const line of lines) ledger.hear(line);
    const grown = (await lengthOf(library)) - before - lines.length;
    // One more than it said when it died between the commit and the word.
    expect([0, 1], `kill=${kill} grown=${grown}`).toContain(grown);
  }

  expect(ledger.count("committed")).toBeGreaterThan(KILLS);
  expect(await new LibraryChecker(library, ledger).problems()).toEqual([]);
});

test("vector 93: 8 processes append 100 rows each, and each row is there once", async () => {
  await using opened = await newLibrary();
  const { path, library } = opened;
  const ledger = new StormLedger();
  const processes = Array.from({ length: 8 }, (_, index) =>
    runWorker<CommitLine>("appender", { path, symbol: SYMBOL, life: `${index}.0`, times: 100 }),
  );
  for (const lines of await Promise.all(processes)) lines.forEach((line) => ledger.hear(line));

  expect(await new LibraryChecker(library, ledger).problems()).toEqual([]);
  const { manifest, version } = await library.resolve(SYMBOL);
  const rows = manifest.segments.map((segment) => nameOf(segment).split(".", 3).join("."));
  const wanted = Array.from({ length: 8 * 100 }, (_, row) => `${row % 8}.0.${Math.floor(row / 8)}`);
  expect(rows.toSorted()).toEqual(wanted.toSorted());
  expect(version).toBe(800);
});

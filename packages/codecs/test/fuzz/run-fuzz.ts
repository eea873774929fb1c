/**
 * Fuzzes every decoder for as many cases as asked for, and prints the outcomes. Tests do the same with few cases.
 *
 * pnpm --filter @foretile/codecs fuzz --cases 1000000 --seed 7
 */
import { parseArgs } from "node:util";

import { fuzzDocuments } from "./fuzz-documents.ts";
import { fuzzTileFrames } from "./fuzz-tile-frames.ts";

/** Cases between two lines of progress; also what is run again to find a case. */
const BATCH = 100_000;

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
  },
});
const total = Number(values.cases);
const firstSeed = Number(values.seed);

for (const [name, fuzz] of Object.entries({ fuzzTileFrames, fuzzDocuments })) {
  const sums = new Map<string, number>();
  for (let done = 0; done < total; done += BATCH) {
    const seed = firstSeed + done / BATCH;
    const outcomes = await fuzz({ seed, cases: Math.min(BATCH, total - done) });
    for (const [what, count] of outcomes) sums.set(what, (sums.get(what) ?? 0) + count);
    process.stdout.write(`${name} seed=${seed} ${JSON.stringify(Object.fromEntries(sums))}\n`);
  }
}

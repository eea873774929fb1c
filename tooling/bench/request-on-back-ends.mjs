// One full-size request on every back end: published, read whole, scored; with the calls and bytes that it takes.
//
//   pnpm services up bigtable s3
//   pnpm bench:back-ends [--tiles 250] [--rounds 3] [--only lmdb,s3,…]
//
// Rounds alternate between the back ends. All of them must give the same hash and the same scores, bit for bit. Calls are
// those of the store's contracts, which on S3 and Bigtable are a request each, and what opening needs is left out.
// Prints one table with medians and writes bench-results/back-ends.json. Peak memory is what the process holds at most
// above what it held before, sampled while it reads.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openPredictionStore, SYNTH_LOW } from "@foretile/prediction-store";
import { systemClock } from "@foretile/resilience/system";
import { scoreTile, ScoreWorkspace } from "@foretile/scoring";
import { createHybridStore } from "@foretile/storage/hybrid";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { openBigtableStore } from "@foretile/storage-bigtable";
import { openLmdbStore } from "@foretile/storage-lmdb";
import { openS3Store } from "@foretile/storage-s3";
import { bigtableService, s3Service } from "@foretile/testkit/services";
import { createLibrary } from "@foretile/version-store";
import { makeTile } from "./src/data/make-tile.mjs";
import { brownianMoves } from "./src/data/price-moves.mjs";
import { machineFacts, machineLine } from "./src/machine.mjs";
import { aligned } from "./src/report/aligned.mjs";
import { formatNumber } from "./src/report/format-number.mjs";
import { resultRows } from "./src/report/results.mjs";
import { rotated } from "./src/statistics.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const { values: options } = parseArgs({
  options: {
    tiles: { type: "string", default: "250" },
    rounds: { type: "string", default: "3" },
    only: { type: "string" },
  },
});
const tileCount = Number(options.tiles);
const shape = { simulations: 1000, steps: 289 };
const request = {
  label: "low",
  asset: "BTC",
  startUnixSeconds: 1_512_475_200,
  timeIncrementSeconds: 300,
  timeLengthSeconds: 86_400,
  simulations: shape.simulations,
};
const rawBytes = tileCount * shape.simulations * shape.steps * 4;
/** Different tiles; more would only take longer to make. */
const TILES_MADE = 25;
/** Answers that are on their way at once, as in the writer. */
const ANSWERS_AT_ONCE = 16;

const folder = await mkdtemp(join(tmpdir(), "foretile-bench-"));
const bigtable = await bigtableService();
const s3 = await s3Service();
const s3Place = {
  endpoint: s3.endpoint,
  region: s3.region,
  credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
};
let places = 0;

const backEnds = {
  "lmdb, segments": { placement: "segments", open: openLmdb },
  "bigtable, cells": { placement: "cells", open: openBigtable },
  "bigtable, packs": { placement: "packs", open: openBigtable },
  "s3, packs": { placement: "packs", open: (round) => openS3(`alone-${round}`) },
  "hybrid lmdb s3, packs": {
    placement: "packs",
    open: async (round) =>
      createHybridStore({ refs: await openLmdb(round), blobs: await openS3(`bytes-${round}`) }),
  },
};

try {
  await main();
} finally {
  await s3[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}

async function main() {
  const { start, factors, realized } = brownianMoves({
    start: 104_856.23,
    yearlyVolatility: 0.6,
    incrementSeconds: 300,
  });
  const tiles = Array.from({ length: TILES_MADE }, (_, seed) =>
    makeTile({ seed, start, factors, shape }),
  );
  const prices = realized(0, shape.steps);
  const wanted = options.only?.split(",");
  const chosen = Object.entries(backEnds).filter(
    ([name]) => wanted === undefined || wanted.some((part) => name.includes(part)),
  );
  const samples = new Map();
  let expected;
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const [name, backEnd] of rotated(chosen, round)) {
      const { hash, scores, figures } = await measure(backEnd, round, tiles, prices);
      const same = JSON.stringify([hash, scores]);
      expected ??= same;
      if (same !== expected) throw new Error(`another hash or score than elsewhere on ${name}`);
      for (const [key, value] of Object.entries(figures)) {
        const [, metric = key, unit = ""] = /^(.*) \[(.*)\]$/.exec(key) ?? [];
        const names = { workload: "request", subject: name, metric, unit };
        const row = samples.get(`${name}|${key}`) ?? { ...names, values: [] };
        row.values.push(value);
        samples.set(`${name}|${key}`, row);
      }
    }
  }
  console.log(
    `${machineLine(machineFacts())}; ${tileCount} tiles of ${shape.simulations} × ${shape.steps}, ` +
      `${Math.round(rawBytes / 1e6)} MB of float32; ${options.rounds} rounds; same hash, same scores everywhere\n`,
  );
  const results = resultRows(samples.values());
  const lines = results.map(({ subject, metric, unit, median, min, max }) => [
    subject,
    `${metric} [${unit}]`,
    ...[median, min, max].map(formatNumber),
  ]);
  console.log(aligned([["back end", "metric", "median", "min", "max"], ...lines], 2));
  await mkdir(join(root, "bench-results"), { recursive: true });
  await writeFile(
    join(root, "bench-results", "back-ends.json"),
    `${JSON.stringify(results, undefined, 1)}\n`,
  );
}

async function measure({ placement, open }, round, tiles, prices) {
  const counter = createCallCounter();
  await using bare = await open(round);
  const store = withObserver(bare, { clock: systemClock, observe: counter.observe });
  const library = await createLibrary({ store, composition: { placement } });
  const predictions = await openPredictionStore({ library });
  await predictions.setLabels([SYNTH_LOW]);

  counter.reset();
  const publishing = performance.now();
  const publication = await predictions.begin(request);
  let next = 0;
  const work = async () => {
    while (next < tileCount) {
      const minerId = next;
      next += 1;
      // Every answer of its own, or it would be stored once.
      const tile = tiles[minerId % TILES_MADE].slice();
      tile[0] += minerId;
      const outcome = { status: "valid", tile };
      await publication.put({ minerUid: minerId, minerId, processTimeSeconds: 1, outcome });
    }
  };
  await Promise.all(Array.from({ length: ANSWERS_AT_ONCE }, work));
  const { versionHash, key } = await publication.publish();
  const published = { ms: performance.now() - publishing, ...callsOf(counter) };

  counter.reset();
  const workspace = new ScoreWorkspace();
  const scores = new Map();
  let scoring = 0;
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const reading = performance.now();
  const read = await predictions.read(key);
  for await (const { answer, values, error } of read.tiles({ order: "stored" })) {
    if (values === undefined) throw error;
    const started = performance.now();
    const rules = { timeIncrementSeconds: 300, intervals: SYNTH_LOW.intervals };
    scores.set(answer.minerId, scoreTile(values, shape, prices, rules, workspace).crps);
    scoring += performance.now() - started;
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  const all = performance.now() - reading;
  const reads = callsOf(counter);
  const megabytes = rawBytes / 1e6;
  return {
    hash: versionHash,
    scores: [...scores].sort(([left], [right]) => left - right),
    figures: {
      "publish [float32 MB/s]": megabytes / (published.ms / 1000),
      "publish [calls]": published.calls,
      "publish [MB written]": published.written / 1e6,
      "read, without scoring [MB/s]": megabytes / ((all - scoring) / 1000),
      "read and score [MB/s]": megabytes / (all / 1000),
      "read and score [calls]": reads.calls,
      "read and score [MB read]": reads.read / 1e6,
      "read and score [peak MB above]": (peak - before) / 1e6,
    },
  };
}

function callsOf(counter) {
  let [calls, written, read] = [0, 0, 0];
  for (const totals of counter.totals().values()) {
    calls += totals.calls;
    written += totals.bytesWritten;
    read += totals.bytesRead;
  }
  return { calls, written, read };
}

function openLmdb() {
  places += 1;
  return openLmdbStore({ path: join(folder, `store-${places}`), mode: "create" });
}

function openBigtable() {
  places += 1;
  const { project, instance, endpoint } = bigtable;
  const prefix = `${bigtable.tablePrefix.slice(0, 12)}_${places}`;
  return openBigtableStore({ project, instance, prefix, emulatorHost: endpoint, mode: "create" });
}

async function openS3(prefix) {
  const bucket = await s3.createBucket();
  return openS3Store({ ...s3Place, bucket, prefix, profile: "ceph", mode: "create" });
}

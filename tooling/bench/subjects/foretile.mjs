// Foretile in one LMDB folder. "threads": W4 on two threads that open the store themselves. "split": the smallest mode.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { KernelMemory } from "@foretile/kernels";
import {
  openPredictionStore,
  queryCrossings,
  requestKey,
  SYNTH_LOW,
} from "@foretile/prediction-store";
import { scoreTile, ScoreWorkspace } from "@foretile/scoring";
import { openLmdbStore } from "@foretile/storage-lmdb";
import { createLibrary, openLibrary } from "@foretile/version-store";
import { openScoringThreads } from "../src/scoring-threads.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
/** Answers that are on their way at once, as in the writer. */
const ANSWERS_AT_ONCE = 16;
const THREADS = 2;
/** Beside a tile: what panels are unpacked with, and encoded segments. Takes addresses until it is used. */
const KERNEL_BYTES = 16 * 1024 * 1024;

/**
 * @param {import("../src/subject.ts").OpenOptions} options
 * @returns {Promise<import("../src/subject.ts").Store>}
 */
export async function open({ folder, dataset, variant }) {
  const { shape, incrementSeconds } = dataset;
  const timeLengthSeconds = (shape.steps - 1) * incrementSeconds;
  const exists = existsSync(folder);
  const store = await openLmdbStore({ path: folder, mode: exists ? "read" : "create" });
  const library = exists
    ? await openLibrary({ store, readOnly: true })
    : await createLibrary({ store });
  const mode = variant === "split" ? "split" : "pack";
  const tileValues = shape.simulations * shape.steps;
  const memory = new KernelMemory(4 * tileValues + KERNEL_BYTES);
  const tile = memory.float32(tileValues);
  // Tiles are scored where they are unpacked, as in the scorer.
  const workspace = new ScoreWorkspace({ memory });
  const predictions = await openPredictionStore({ library, mode, memory });
  if (!exists) {
    const { intervals } = dataset;
    const sizes = { simulations: shape.simulations, timeLengthSeconds, intervals };
    await predictions.setLabels([{ ...SYNTH_LOW, ...sizes }]);
  }
  const threads =
    variant === "threads" ? await openScoringThreads(folder, THREADS, tileValues) : undefined;
  const forecastRequest = ({ startUnixSeconds }) => ({
    label: "low",
    asset: "BTC",
    startUnixSeconds,
    timeIncrementSeconds: incrementSeconds,
    timeLengthSeconds,
    simulations: shape.simulations,
  });
  const published = (request) => predictions.read(requestKey(forecastRequest(request)));
  return {
    async write(request, tiles) {
      const publication = await predictions.begin(forecastRequest(request));
      const put = async () => {
        for await (const { miner, values } of tiles) {
          const outcome = { status: "valid", tile: values };
          const answer = { minerUid: miner % 256, minerId: miner, processTimeSeconds: 1, outcome };
          await publication.put(answer);
        }
      };
      await Promise.all(Array.from({ length: ANSWERS_AT_ONCE }, put));
      await publication.publish();
    },
    ingest: ingestWithWriter(folder),
    async readRequest(request, take) {
      const all = (await published(request)).tiles({ order: "stored", out: tile });
      for await (const result of all) take(result.answer.minerId, found(result));
    },
    async readSteps(request, range, take) {
      const all = (await published(request)).slice(range, { order: "stored", out: tile });
      for await (const result of all) take(result.answer.minerId, found(result));
    },
    async score(request, take) {
      const rules = { timeIncrementSeconds: incrementSeconds, intervals: dataset.intervals };
      const realized = Float64Array.from(request.realized);
      const all = (await published(request)).tiles({ order: "stored", out: tile });
      for await (const result of all) {
        const score = scoreTile(found(result), shape, realized, rules, workspace);
        take(result.answer.minerId, score.status === "scored" ? score.crps : null);
      }
    },
    ...(threads && {
      async score(request, take) {
        const { key, version, answers } = await published(request);
        const minerIds = answers.map(({ minerId }) => minerId);
        await threads.score({ key, version, minerIds, realized: request.realized, dataset }, take);
      },
    }),
    async crossings(request, level, take) {
      const query = { level, direction: "up" };
      for await (const result of queryCrossings(await published(request), query)) {
        if (result.error !== undefined) throw result.error;
        const { simulations, firstSteps } = result.found;
        const pairs = new Uint32Array(2 * simulations.length);
        for (const [at, path] of simulations.entries()) pairs.set([path, firstSteps[at]], 2 * at);
        take(result.answer.minerId, pairs);
      }
    },
    async close() {
      await threads?.close();
      await store.close();
    },
  };
}

function found({ error, values }) {
  if (error !== undefined) throw error;
  return values;
}

/** The program that a user runs, from its start to its end. */
function ingestWithWriter(folder) {
  return async ({ folder: data, text }) => {
    const own = await mkdtemp(join(dirname(folder), "writer-"));
    const report = join(own, "usage.json");
    const preload = join(root, "tooling", "bench", "report-usage.mjs");
    const main = join(root, "apps", "validator-writer", "dist", "main.js");
    try {
      const args = ["--import", preload, main, "ingest", "--store", `lmdb:${folder}`];
      await promisify(execFile)(process.execPath, [...args, join(data, text.file)], {
        env: { ...process.env, FORETILE_USAGE_FILE: report },
      });
      return JSON.parse(await readFile(report, "utf8"));
    } finally {
      await rm(own, { recursive: true });
    }
  };
}

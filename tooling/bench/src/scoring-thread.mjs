// A thread of scoring-threads.mjs: opens the store, scores what it is told, tells the scores.
import { parentPort, workerData } from "node:worker_threads";
import { KernelMemory } from "@foretile/kernels";
import { openPredictionStore } from "@foretile/prediction-store";
import { scoreTile, ScoreWorkspace } from "@foretile/scoring";
import { openLmdbStore } from "@foretile/storage-lmdb";
import { openLibrary } from "@foretile/version-store";

const store = await openLmdbStore({ path: workerData.path, mode: "read" });
const library = await openLibrary({ store, readOnly: true });
// As in the scorer: tiles are unpacked where they are scored.
const memory = new KernelMemory(4 * workerData.tileValues + workerData.kernelBytes);
const tile = memory.float32(workerData.tileValues);
const predictions = await openPredictionStore({ library, memory });
const workspace = new ScoreWorkspace({ memory });
let published;

parentPort?.on("message", (job) => void scoreTiles(job));

async function scoreTiles({ key, version, minerIds, realized, dataset }) {
  const { shape, incrementSeconds: timeIncrementSeconds, intervals } = dataset;
  if (published?.key !== key) published = await predictions.read(key, { asOf: version });
  const prices = Float64Array.from(realized);
  const scores = [];
  for await (const { answer, values, error } of published.tiles({ minerIds, out: tile })) {
    if (values === undefined) throw error;
    const score = scoreTile(values, shape, prices, { timeIncrementSeconds, intervals }, workspace);
    scores.push([answer.minerId, score.status === "scored" ? score.crps : null]);
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(scores);
}

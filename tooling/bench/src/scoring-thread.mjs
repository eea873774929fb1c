// A thread of scoring-threads.mjs: opens the store, scores what it is told, tells the scores.
import { parentPort, workerData } from "node:worker_threads";
import { openPredictionStore } from "@foretile/prediction-store";
import { scoreTile, ScoreWorkspace } from "@foretile/scoring";
import { openLmdbStore } from "@foretile/storage-lmdb";
import { openLibrary } from "@foretile/version-store";

const store = await openLmdbStore({ path: workerData.path, mode: "read" });
const library = await openLibrary({ store, readOnly: true });
const predictions = await openPredictionStore({ library });
const workspace = new ScoreWorkspace();
let published;
let tile = new Float32Array(0);

parentPort?.on("message", (job) => void scoreTiles(job));

async function scoreTiles({ key, version, minerIds, realized, dataset }) {
  const { shape, incrementSeconds: timeIncrementSeconds, intervals } = dataset;
  if (published?.key !== key) published = await predictions.read(key, { asOf: version });
  const length = shape.simulations * shape.steps;
  if (tile.length < length) tile = new Float32Array(length);
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

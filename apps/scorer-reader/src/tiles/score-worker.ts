/**
 * A scoring thread: opens the store by itself, scores the tiles it is told, posts numbers back. No tile crosses threads.
 *
 * @module
 */
import { on } from "node:events";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";

import { openPredictions } from "@foretile/app-kit";

import { LocalTileScorer } from "./local-tile-scorer.ts";
import {
  type FromWorker,
  toErrorMessage,
  type ToWorker,
  type WorkerStart,
} from "./worker-messages.ts";

async function serve(port: MessagePort, { storeUrl }: WorkerStart): Promise<void> {
  // Listening begins at once: messages that come while the store opens wait in the iterator.
  const messages = on(port, "message");
  await using opened = await openPredictions(storeUrl, "read");
  await using scorer = new LocalTileScorer(opened.predictions);
  for await (const [message] of messages as AsyncIterable<[ToWorker]>) {
    if (message.type === "end") return;
    const outcomes = await scorer.score(message.job, message.minerIds);
    port.postMessage({ type: "scored", outcomes } satisfies FromWorker);
  }
}

if (parentPort !== null) {
  const port = parentPort;
  try {
    await serve(port, workerData as WorkerStart);
  } catch (error) {
    port.postMessage({ type: "failed", error: toErrorMessage(error) } satisfies FromWorker);
  }
  port.close();
}

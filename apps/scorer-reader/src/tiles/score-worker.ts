/**
 * A scoring thread: opens the store by itself, scores the tiles it is told, posts numbers back. No tile crosses threads.
 *
 * @module
 */
import { on } from "node:events";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";

import { LocalTileScorer } from "./local-tile-scorer.ts";
import type { TileOutcome } from "./tile-scorer.ts";
import {
  type FromWorker,
  toErrorMessage,
  type ToWorker,
  type WorkerStart,
} from "./worker-messages.ts";

async function serve(port: MessagePort, { storeUrl }: WorkerStart): Promise<void> {
  await using scorer = new LocalTileScorer(storeUrl);
  for await (const [message] of on(port, "message") as AsyncIterable<[ToWorker]>) {
    if (message.type === "end") return;
    let outcomes: readonly TileOutcome[] = [];
    if (message.type === "release") await scorer.release();
    else outcomes = await scorer.score(message.job, [message]);
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

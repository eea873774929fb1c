import {
  type AnswerEnvelope,
  type PackedAnswer,
  type PackingSettings,
  parseRequest,
  readAnswerJson,
} from "@foretile/prediction-store";
import { expect, test } from "vitest";

import { LocalDesk } from "../../src/packing/local-desk.ts";
import { ThreadedDesk, type ThreadedDeskOptions } from "../../src/packing/threaded-desk.ts";
import { answerDocument, requestDocument } from "../support/small-request.ts";

const settings = { mode: "pack", usesCells: false } as const;
const { request } = parseRequest(requestDocument("r1"));

/** Several good ones and some bad ones. */
const predictions: readonly unknown[] = Array.from({ length: 12 }, (_, miner) =>
  miner % 4 === 3 ? ["nonsense", miner] : answerDocument(0, miner).prediction,
);

function envelopeOf(miner: number, prediction: unknown): AnswerEnvelope {
  const text = JSON.stringify({ ...answerDocument(0, miner), prediction });
  const outcome = readAnswerJson(Buffer.from(text));
  if (outcome.status === "malformed") throw new Error(outcome.message);
  return outcome.envelope;
}

async function packAll(desk: LocalDesk | ThreadedDesk): Promise<PackedAnswer[]> {
  const taken: Promise<PackedAnswer>[] = [];
  for (const [miner, prediction] of predictions.entries()) {
    const envelope = envelopeOf(miner, prediction);
    const { packed } = await desk.take(envelope, request);
    taken.push(packed);
    // The line that it was a view of is gone by now.
    envelope.prediction.fill(0);
  }
  return Promise.all(taken);
}

function openThreaded(options: Partial<ThreadedDeskOptions> = {}): ThreadedDesk {
  return new ThreadedDesk(settings, { threadCount: 2, leastBytes: 0, ...options });
}

/** A worker that ends before it answers. */
const leaving = new URL(`data:text/javascript,${encodeURIComponent("process.exit(3)")}`);

test("threads pack what one thread packs, byte for byte", async () => {
  await using local = new LocalDesk(settings);
  await using threaded = openThreaded({ threadCount: 3 });
  const expected = await packAll(local);
  expect(expected.map(({ outcome }) => outcome.status).slice(0, 4)).toEqual([
    "packed",
    "packed",
    "packed",
    "invalid",
  ]);
  // At first by this thread, then by all.
  expect(await packAll(threaded)).toEqual(expected);
  await threaded.start();
  expect(await packAll(threaded)).toEqual(expected);
});

test("answers are packed here while no thread is there", async () => {
  await using local = new LocalDesk(settings);
  await using threaded = openThreaded({ entry: leaving });
  const { packed } = await threaded.take(envelopeOf(1, predictions[1]), request);
  const expected = await local.take(envelopeOf(1, predictions[1]), request);
  expect(await packed).toEqual(await expected.packed);
});

test("threads start before it is known how answers are packed", async () => {
  const { promise, resolve } = Promise.withResolvers<PackingSettings>();
  await using local = new LocalDesk({ ...settings, mode: "raw" });
  await using threaded = new ThreadedDesk(promise, { threadCount: 2, leastBytes: 0 });
  await threaded.start();
  resolve({ ...settings, mode: "raw" });
  expect(await packAll(threaded)).toEqual(await packAll(local));
});

test("short texts are packed here, and start no thread", async () => {
  await using threaded = openThreaded({ entry: leaving, leastBytes: 64 * 1024 });
  expect(await packAll(threaded)).toHaveLength(predictions.length);
});

test("an answer that a thread ended over is a typed error, and there is room for others", async () => {
  await using threaded = openThreaded({ entry: leaving });
  await threaded.start();
  for (let turn = 0; turn < 4; turn += 1) {
    const { packed } = await threaded.take(envelopeOf(1, predictions[1]), request);
    await expect(packed).rejects.toMatchObject({ name: "WorkerPoolError", code: "worker-failed" });
  }
});

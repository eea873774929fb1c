import type { PublishedRequest } from "@foretile/prediction-store";
import { WorkerPoolError } from "@foretile/worker-pool";
import { expect, test } from "vitest";

import { ingest, type IngestReporter, type IngestSummary } from "../../src/ingest/ingest.ts";
import type { AnswerDesk } from "../../src/packing/answer-desk.ts";
import { LocalDesk } from "../../src/packing/local-desk.ts";
import { ThreadedDesk } from "../../src/packing/threaded-desk.ts";
import { openSessionFixture } from "../support/session.ts";
import {
  answerDocument,
  keyOf,
  publishLine,
  requestLine,
  responseLine,
} from "../support/small-request.ts";

const settings = { mode: "pack", usesCells: false } as const;
const silent: IngestReporter = {
  published: () => Promise.resolve(),
  rejected: () => Promise.resolve(),
  progress: () => undefined,
};

/** Miners who answer once, badly, and several times. */
const lines = [
  requestLine("r1"),
  ...Array.from({ length: 40 }, (_, miner) => responseLine("r1", answerDocument(0, miner))),
  responseLine("r1", { ...answerDocument(0, 3), prediction: [] }),
  responseLine("r1", answerDocument(0, 5, 77)),
  "nothing",
  responseLine("r2", answerDocument(0, 5)),
  responseLine("r1", { ...answerDocument(0, 8), process_time: null }),
  responseLine("r1", answerDocument(0, 8, 99)),
  publishLine("r1"),
];

interface Run {
  readonly summary: IngestSummary;
  readonly published: PublishedRequest;
}

async function* pieces(text: readonly string[]): AsyncGenerator<Uint8Array> {
  // Cut into pieces, so that lines are put together.
  const bytes = Buffer.from(text.join("\n"));
  for (let from = 0; from < bytes.length; from += 100) yield bytes.subarray(from, from + 100);
}

async function run(
  desk: AnswerDesk,
  reporter: IngestReporter = silent,
  text = lines,
): Promise<Run> {
  const { session, predictions } = await openSessionFixture();
  const summary = await ingest(pieces(text), session, { maxLineBytes: 10_000, desk, reporter });
  return { summary, published: await predictions.read(keyOf()) };
}

test("any number of threads ends in the same version and the same summary", async () => {
  await using local = new LocalDesk(settings);
  const expected = await run(local);
  expect(expected.summary).toMatchObject({ validAnswers: 42, invalidAnswers: 2, rejectedLines: 2 });
  await using threaded = new ThreadedDesk(settings, { threadCount: 3, leastBytes: 0 });
  await threaded.start();
  const found = await run(threaded);
  expect(found.summary).toEqual(expected.summary);
  expect(found.published.versionHash).toBe(expected.published.versionHash);
  expect(found.published.answers).toEqual(expected.published.answers);
});

test("of several answers of a miner the last line counts, whichever is packed first", async () => {
  await using local = new LocalDesk(settings);
  const expected = await run(local);
  const gates: (() => void)[] = [];
  // Lets go of what it packed in the opposite order, eight at a time, and at once at the end.
  const backwards: AnswerDesk = {
    lineBuffers: local.lineBuffers,
    start: () => Promise.resolve(),
    take: async (envelope, request) => {
      const { packed } = await local.take(envelope, request);
      const { promise, resolve } = Promise.withResolvers<void>();
      gates.push(resolve);
      if (gates.length === 8 || envelope.minerId === 1008) releaseAll(gates);
      return { packed: promise.then(() => packed) };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const found = await run(backwards);
  expect(found.published.versionHash).toBe(expected.published.versionHash);
  expect(found.summary).toEqual(expected.summary);
});

test("an answer over which threads end costs its line and nobody else anything", async () => {
  await using local = new LocalDesk(settings);
  const failing: AnswerDesk = {
    lineBuffers: local.lineBuffers,
    start: () => Promise.resolve(),
    take: async (envelope, request) => {
      if (envelope.minerId !== 1012) return local.take(envelope, request);
      return { packed: Promise.reject(new WorkerPoolError("worker-failed", "a worker failed")) };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const rejected: unknown[] = [];
  const reporter: IngestReporter = {
    ...silent,
    rejected: async (refusal) => void rejected.push(refusal),
  };
  const { summary, published } = await run(failing, reporter);
  expect(rejected).toContainEqual({ line: 14, code: "worker-failed", message: "a worker failed" });
  expect(summary).toMatchObject({ rejectedLines: 3, publishedRequests: 1 });
  const minerIds = published.answers.map(({ minerId }) => minerId);
  expect(minerIds).toHaveLength(39);
  expect(minerIds).not.toContain(1012);
});

test("an answer that fails does not let a later one overtake an earlier one of the same miner", async () => {
  await using local = new LocalDesk(settings);
  const first = responseLine("r1", answerDocument(0, 5));
  const last = responseLine("r1", answerDocument(0, 5, 77));
  const expected = await run(local, silent, [requestLine("r1"), first, last]);
  const { promise: later, resolve: release } = Promise.withResolvers<void>();
  let taken = 0;
  const failing: AnswerDesk = {
    lineBuffers: local.lineBuffers,
    start: () => Promise.resolve(),
    take: async (envelope, request) => {
      const { packed } = await local.take(envelope, request);
      taken += 1;
      if (taken === 1) return { packed: later.then(() => packed) };
      if (taken === 2) {
        return { packed: Promise.reject(new WorkerPoolError("worker-failed", "a worker failed")) };
      }
      setImmediate(release);
      return { packed };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const failed = responseLine("r1", answerDocument(0, 6));
  const found = await run(failing, silent, [requestLine("r1"), first, failed, last]);
  expect(found.published.versionHash).toBe(expected.published.versionHash);
});

function releaseAll(gates: (() => void)[]): void {
  for (const release of gates.splice(0).toReversed()) release();
}

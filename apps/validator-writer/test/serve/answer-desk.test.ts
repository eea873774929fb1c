import { WorkerPoolError } from "@foretile/worker-pool";
import { expect, test } from "vitest";

import type { AnswerDesk } from "../../src/packing/answer-desk.ts";
import { LocalDesk } from "../../src/packing/local-desk.ts";
import { ThreadedDesk } from "../../src/packing/threaded-desk.ts";
import { listenWith } from "../support/listening-app.ts";
import { openSessionFixture } from "../support/session.ts";
import { answerDocument, keyOf, requestDocument } from "../support/small-request.ts";

const settings = { mode: "pack", usesCells: false } as const;

/** Publishes some answers that came over HTTP. */
async function publishWith(desk: AnswerDesk): Promise<string> {
  const { session, predictions } = await openSessionFixture();
  await using app = await listenWith(session, { desk });
  await app.call("POST", "/v1/requests", requestDocument("r1"));
  for (let miner = 0; miner < 6; miner += 1) {
    const answer = answerDocument(0, miner);
    const sent = miner === 4 ? { ...answer, prediction: [] } : answer;
    const { status, body } = await app.call("POST", "/v1/requests/r1/answers", sent);
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: miner === 4 ? "invalid" : "valid" });
  }
  await app.call("POST", "/v1/requests/r1/publish", {});
  return (await predictions.read(keyOf())).versionHash;
}

test("answers that threads pack are those that the main thread packs", async () => {
  await using local = new LocalDesk(settings);
  await using threaded = new ThreadedDesk(settings, { threadCount: 2, leastBytes: 0 });
  await threaded.start();
  expect(await publishWith(threaded)).toBe(await publishWith(local));
});

test("an answer that is packed when its request is published is refused, not lost silently", async () => {
  await using local = new LocalDesk(settings);
  const { session } = await openSessionFixture();
  const { promise: published, resolve: goOn } = Promise.withResolvers<void>();
  const { promise: taken, resolve: isTaken } = Promise.withResolvers<void>();
  const slow: AnswerDesk = {
    lineBuffers: local.lineBuffers,
    start: () => Promise.resolve(),
    take: async (envelope, request) => {
      const { packed } = await local.take(envelope, request);
      isTaken();
      return { packed: published.then(() => packed) };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  await using app = await listenWith(session, { desk: slow });
  await app.call("POST", "/v1/requests", requestDocument("r1"));
  const answering = app.call("POST", "/v1/requests/r1/answers", answerDocument(0, 1));
  await taken;
  await app.call("POST", "/v1/requests/r1/publish", {});
  goOn();
  expect(await answering).toMatchObject({
    status: 409,
    body: { error: { code: "already-published" } },
  });
});

test("an answer over which threads end is this program's fault", async () => {
  await using local = new LocalDesk(settings);
  const { session } = await openSessionFixture();
  const failing: AnswerDesk = {
    lineBuffers: local.lineBuffers,
    start: () => Promise.resolve(),
    take: async () => ({
      packed: Promise.reject(new WorkerPoolError("worker-failed", "a worker failed")),
    }),
    [Symbol.asyncDispose]: async () => undefined,
  };
  await using app = await listenWith(session, { desk: failing });
  await app.call("POST", "/v1/requests", requestDocument("r1"));
  const answer = await app.call("POST", "/v1/requests/r1/answers", answerDocument(0, 1));
  expect(answer).toMatchObject({ status: 500, body: { error: { code: "worker-failed" } } });
});

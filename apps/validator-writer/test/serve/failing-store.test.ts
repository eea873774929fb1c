import type { PredictionStore } from "@foretile/prediction-store";
import { StorageError } from "@foretile/storage";
import { pino } from "pino";
import { expect, test } from "vitest";

import { publishOpenRequests } from "../../src/serve/publish-open-requests.ts";
import { type ListeningApp, listenWith } from "../support/listening-app.ts";
import {
  announced,
  breakable,
  type Fault,
  noFault,
  openSessionFixture,
  tileAnswer,
  undeletable,
} from "../support/session.ts";
import { answerDocument, keyOf, requestDocument } from "../support/small-request.ts";

async function startOnBreakableStore(): Promise<
  ListeningApp & { readonly broken: Fault; readonly predictions: PredictionStore }
> {
  const broken = noFault();
  const { session, predictions } = await openSessionFixture({
    wrap: (store) => breakable(store, broken),
  });
  return { ...(await listenWith(session)), broken, predictions };
}

test.each([
  ["a full disk", new StorageError("full", "no room left"), 507, "store-full"],
  ["no answer", new StorageError("unavailable", "gone"), 503, "store-unavailable"],
])("%s costs only the calls that met it and heals", async (_name, error, status, code) => {
  await using server = await startOnBreakableStore();
  await server.call("POST", "/v1/requests", requestDocument("r1"));
  const send = (miner: number) =>
    server.call("POST", "/v1/requests/r1/answers", answerDocument(0, miner));
  const publish = () => server.call("POST", "/v1/requests/r1/publish");
  expect(await send(1)).toMatchObject({ status: 202 });
  server.broken.value = error;
  for (const failed of [await send(2), await publish()]) {
    expect(failed).toMatchObject({
      status,
      body: { error: { code, message: expect.stringContaining(error.message) } },
    });
  }
  expect(await server.call("GET", "/healthz")).toMatchObject({ status: 200 });
  expect(await server.call("GET", "/readyz")).toMatchObject({
    status: 503,
    body: { status: "failing" },
  });

  server.broken.value = undefined;
  expect(await send(2)).toMatchObject({ status: 202 });
  expect(await server.call("GET", "/readyz")).toMatchObject({ status: 200 });
  expect(await publish()).toMatchObject({ status: 200, body: { version: 1 } });
  const { answers } = await server.predictions.read(keyOf());
  expect(answers).toMatchObject([
    { minerId: 1001, status: "valid" },
    { minerId: 1002, status: "valid" },
  ]);
});

test("a defect of the program tells the caller nothing about its inside", async () => {
  await using server = await startOnBreakableStore();
  await server.call("POST", "/v1/requests", requestDocument("r1"));
  server.broken.value = new TypeError("secret inside");
  const reply = await server.call("POST", "/v1/requests/r1/answers", answerDocument(0, 1));
  expect(reply.status).toBe(500);
  expect(reply.body).toEqual({ error: { code: "internal", message: "internal error" } });
});

test("at the end one request that fails does not keep the others from being published", async () => {
  const broken = noFault();
  const { session, predictions } = await openSessionFixture({
    wrap: (store) => breakable(store, broken),
  });
  for (const index of [1, 2]) {
    await session.open(announced(`r${index}`, index));
    await session.find(`r${index}`).accept(tileAnswer(1, 10));
  }
  const failing = session.find("r1");
  failing.publish = () => Promise.reject(new StorageError("full", "no room left"));
  await expect(publishOpenRequests(session, pino({ level: "silent" }))).rejects.toMatchObject({
    code: "full",
  });
  await expect(predictions.read(keyOf(1))).rejects.toMatchObject({ code: "no-such-request" });
  expect(await predictions.read(keyOf(2))).toMatchObject({ version: 1 });
});

test("at the end a publish that is under way is waited for", async () => {
  const { session, predictions } = await openSessionFixture();
  await session.open(announced("r1"));
  await session.find("r1").accept(tileAnswer(1, 10));
  const underWay = session.publish("r1");
  await publishOpenRequests(session, pino({ level: "silent" }));
  expect(await predictions.read(keyOf())).toMatchObject({ version: 1 });
  await underWay;
});

test("what a publish could not tidy up is a warning, not a failure", async () => {
  const { session } = await openSessionFixture({ wrap: undeletable });
  const warnings: unknown[] = [];
  const logger = pino(
    { level: "warn" },
    { write: (line: string) => void warnings.push(JSON.parse(line)) },
  );
  for (const index of [1, 2]) await session.open(announced(`r${index}`, index));
  await using app = await listenWith(session, { logger });
  expect(await app.call("POST", "/v1/requests/r1/publish")).toMatchObject({ status: 200 });
  await publishOpenRequests(session, logger);
  expect(warnings).toMatchObject(
    [1, 2].map((index) => ({
      level: 40,
      id: `r${index}`,
      key: keyOf(index),
      version: 1,
      err: { message: "nothing can be deleted" },
    })),
  );
});

test("while it shuts down, calls are refused and connections are not kept", async () => {
  const { session } = await openSessionFixture();
  await using app = await listenWith(session, { closing: AbortSignal.abort() });
  expect(await app.call("GET", "/healthz")).toMatchObject({ status: 200 });
  expect(await app.call("GET", "/readyz")).toMatchObject({
    status: 503,
    body: { status: "closing" },
  });
  const refused = await app.call("POST", "/v1/requests", requestDocument("r1"));
  expect(refused).toMatchObject({ status: 503, body: { error: { code: "shutting-down" } } });
  expect(refused.headers.get("connection")).toBe("close");
  expect(refused.headers.get("retry-after")).toBe("1");
});

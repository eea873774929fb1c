import { StorageError } from "@foretile/storage";
import { pino } from "pino";
import { expect, test } from "vitest";

import { publishOpenRequests } from "../../src/serve/publish-open-requests.ts";
import { type ListeningApp, listenWith } from "../support/listening-app.ts";
import { announced, breakable, openSessionFixture, tileAnswer } from "../support/session.ts";
import { answerDocument, keyOf, requestDocument } from "../support/small-request.ts";

interface Breakable {
  value: Error | undefined;
}

async function startOnBreakableStore(): Promise<ListeningApp & { readonly broken: Breakable }> {
  const broken: Breakable = { value: undefined };
  const { session } = await openSessionFixture({ wrap: (store) => breakable(store, broken) });
  return { ...(await listenWith(session)), broken };
}

test.each([
  ["a full disk", new StorageError("full", "no room left"), 507, "store-full"],
  ["no answer", new StorageError("unavailable", "gone"), 503, "store-unavailable"],
])("%s is told, makes the writer unready, and heals", async (_name, error, status, code) => {
  await using server = await startOnBreakableStore();
  await server.call("POST", "/v1/requests", requestDocument("r1"));
  server.broken.value = error;
  const failed = await server.call("POST", "/v1/requests/r1/answers", answerDocument(0, 1));
  expect(failed).toMatchObject({
    status,
    body: { error: { code, message: expect.stringContaining(error.message) } },
  });
  expect(await server.call("GET", "/healthz")).toMatchObject({ status: 200 });
  expect(await server.call("GET", "/readyz")).toMatchObject({
    status: 503,
    body: { status: "failing" },
  });
  expect(await server.call("POST", "/v1/requests/r1/publish")).toMatchObject({
    status: 409,
    body: { error: { code: "request-failed" } },
  });

  server.broken.value = undefined;
  expect(await server.call("POST", "/v1/requests", requestDocument("r1"))).toMatchObject({
    status: 201,
  });
  await server.call("POST", "/v1/requests/r1/answers", answerDocument(0, 1));
  expect(await server.call("GET", "/readyz")).toMatchObject({ status: 200 });
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
  const broken: Breakable = { value: undefined };
  const { session, predictions } = await openSessionFixture({
    wrap: (store) => breakable(store, broken),
  });
  for (const index of [1, 2]) {
    await session.open(announced(`r${index}`, index));
    await session.accept(session.find(`r${index}`), tileAnswer(1, 10));
  }
  const failing = session.find("r1");
  failing.publish = () => Promise.reject(new StorageError("full", "no room left"));
  await expect(publishOpenRequests(session, pino({ level: "silent" }))).rejects.toMatchObject({
    code: "full",
  });
  await expect(predictions.read(keyOf(1))).rejects.toMatchObject({ code: "no-such-request" });
  expect(await predictions.read(keyOf(2))).toMatchObject({ version: 1 });
});

test("while it shuts down, calls are refused and connections are not kept", async () => {
  const { session } = await openSessionFixture();
  await using app = await listenWith(session, AbortSignal.abort());
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

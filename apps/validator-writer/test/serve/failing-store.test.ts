import { systemClock } from "@foretile/resilience/system";
import { StorageError } from "@foretile/storage";
import { pino } from "pino";
import { expect, test } from "vitest";

import { guardAgainstWebPages } from "../../src/serve/guard-callers.ts";
import { listen } from "../../src/serve/http-server.ts";
import { StoreHealth } from "../../src/serve/store-health.ts";
import { createWriterApp } from "../../src/serve/writer-app.ts";
import { ByteBudget } from "../../src/session/byte-budget.ts";
import { breakable, openSessionFixture } from "../support/session.ts";
import { answerDocument, requestDocument } from "../support/small-request.ts";

async function startOnBreakableStore() {
  const broken: { value: Error | undefined } = { value: undefined };
  const { session } = await openSessionFixture({ wrap: (store) => breakable(store, broken) });
  const app = createWriterApp({
    session,
    guard: guardAgainstWebPages,
    health: new StoreHealth(),
    budget: new ByteBudget(1_000_000),
    maxBodyBytes: 100_000,
    logger: pino({ level: "silent" }),
    closing: new AbortController().signal,
  });
  const server = await listen(app, { address: "127.0.0.1", port: 0, clock: systemClock });
  const call = async (method: string, path: string, document?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method,
      ...(document === undefined
        ? {}
        : {
            body: JSON.stringify(document),
            headers: { "content-type": "application/json" },
          }),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  };
  return { broken, call, [Symbol.asyncDispose]: async () => void (await server.close(0)) };
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
  expect(await server.call("POST", "/v1/requests/r1/answers", answerDocument(0, 1))).toEqual({
    status: 500,
    body: { error: { code: "internal", message: "internal error" } },
  });
});

import { gzipSync } from "node:zlib";

import { openPredictions } from "@foretile/app-kit";
import { pack } from "msgpackr";
import { expect, test } from "vitest";

import { memoryStore, runWriter } from "../support/run-writer.ts";
import { startServer } from "../support/running-server.ts";
import { answerDocument, keyOf, requestDocument } from "../support/small-request.ts";

test("a request is opened, answered and published", async () => {
  const store = await memoryStore();
  await using server = await startServer(store);
  expect(await server.post("/v1/requests", requestDocument("r1"))).toMatchObject({
    status: 201,
    body: { id: "r1", key: keyOf(), status: "opened" },
  });
  expect(await server.post("/v1/requests/r1/answers", answerDocument(0, 1))).toMatchObject({
    status: 202,
    body: { status: "valid" },
  });
  const bad = { ...answerDocument(0, 2), prediction: [] };
  expect(await server.post("/v1/requests/r1/answers", bad)).toMatchObject({
    status: 202,
    body: { status: "invalid", reason: "empty", message: expect.any(String) },
  });
  expect(await server.call("GET", "/v1/requests")).toMatchObject({
    status: 200,
    body: { requests: [{ id: "r1", key: keyOf(), miners: 2, replaced: 0 }] },
  });
  const published = await server.call("POST", "/v1/requests/r1/publish");
  expect(published).toMatchObject({
    status: 200,
    body: { id: "r1", key: keyOf(), version: 1, changed: true, answers: { valid: 1, invalid: 1 } },
  });
  expect(await server.call("POST", "/v1/requests/r1/publish")).toMatchObject({
    status: 200,
    body: published.body,
  });
  expect(await server.call("GET", "/v1/requests")).toMatchObject({ body: { requests: [] } });
});

test("opening is idempotent, and an id stands for one request", async () => {
  await using server = await startServer(await memoryStore());
  await server.post("/v1/requests", requestDocument("r1"));
  expect(await server.post("/v1/requests", requestDocument("r1"))).toMatchObject({
    status: 200,
    body: { status: "already-open" },
  });
  expect(await server.post("/v1/requests", requestDocument("r1", 3))).toMatchObject({
    status: 409,
    body: { error: { code: "request-conflict" } },
  });
});

test("an abandoned request is gone", async () => {
  await using server = await startServer(await memoryStore());
  await server.post("/v1/requests", requestDocument("r1"));
  expect(await server.call("DELETE", "/v1/requests/r1")).toMatchObject({ status: 204 });
  expect(await server.call("DELETE", "/v1/requests/r1")).toMatchObject({ status: 404 });
  expect(await server.call("POST", "/v1/requests/r1/publish")).toMatchObject({ status: 404 });
});

test("a published request takes no more answers until it is opened again", async () => {
  await using server = await startServer(await memoryStore());
  await server.post("/v1/requests", requestDocument("r1"));
  await server.call("POST", "/v1/requests/r1/publish");
  expect(await server.post("/v1/requests/r1/answers", answerDocument(0, 1))).toMatchObject({
    status: 409,
    body: { error: { code: "already-published" } },
  });
  expect(await server.post("/v1/requests", requestDocument("r1"))).toMatchObject({ status: 201 });
  await server.post("/v1/requests/r1/answers", answerDocument(0, 1));
  expect(await server.call("POST", "/v1/requests/r1/publish")).toMatchObject({
    body: { version: 2, answers: { valid: 1 } },
  });
});

test("open requests are bounded", async () => {
  await using server = await startServer(await memoryStore(), {
    argv: ["--max-open-requests", "1"],
  });
  await server.post("/v1/requests", requestDocument("r1"));
  const refused = await server.post("/v1/requests", requestDocument("r2", 2));
  expect(refused).toMatchObject({ status: 429, body: { error: { code: "too-many-open" } } });
  expect(refused.headers.get("retry-after")).toBe("1");
});

test("ids may hold any character", async () => {
  await using server = await startServer(await memoryStore());
  const id = "a/b ü?#%";
  await server.post("/v1/requests", requestDocument(id));
  const path = `/v1/requests/${encodeURIComponent(id)}`;
  expect(await server.post(`${path}/answers`, answerDocument(0, 1))).toMatchObject({ status: 202 });
  expect(await server.call("POST", `${path}/publish`)).toMatchObject({ status: 200, body: { id } });
});

test("many answers at once are all stored", async () => {
  const store = await memoryStore();
  await using server = await startServer(store);
  await server.post("/v1/requests", requestDocument("r1"));
  const miners = Array.from({ length: 100 }, (_, index) => index);
  const replies = await Promise.all(
    miners.map((miner) => server.post("/v1/requests/r1/answers", answerDocument(0, miner))),
  );
  expect(replies.every(({ status }) => status === 202)).toBe(true);
  expect(await server.call("POST", "/v1/requests/r1/publish")).toMatchObject({
    body: { answers: { valid: 100, invalid: 0, replaced: 0 } },
  });
});

test("JSON, MessagePack and gzip give the same version as ingest", async () => {
  const answers = [1, 2, 3, 4].map((miner) => answerDocument(0, miner));

  const input = [
    line({ request: requestDocument("x") }),
    ...answers.map((answer) => line({ response: { request: "x", ...answer } })),
  ].join("");
  const ingested = await runWriter(["ingest", "--store", await memoryStore(), "--json"], { input });
  const { version_hash: expected } = JSON.parse(ingested.stdout) as { version_hash: string };

  await using server = await startServer(await memoryStore());
  await server.post("/v1/requests", requestDocument("y"));
  const [first, second, third, fourth] = answers;
  const gzip = { "content-encoding": "gzip" };
  const bodies: [Uint8Array, Record<string, string>][] = [
    [Buffer.from(JSON.stringify(first)), { "content-type": "application/json; charset=utf-8" }],
    [gzipSync(JSON.stringify(second)), { "content-type": "application/json", ...gzip }],
    [pack(third), { "content-type": "application/msgpack" }],
    [gzipSync(pack(fourth)), { "content-type": "application/msgpack", ...gzip }],
  ];
  for (const [body, headers] of bodies) {
    const reply = await server.call("POST", "/v1/requests/y/answers", {
      body: new Uint8Array(body),
      headers,
    });
    expect(reply).toMatchObject({ status: 202, body: { status: "valid" } });
  }
  expect(await server.call("POST", "/v1/requests/y/publish")).toMatchObject({
    body: { version_hash: expected },
  });
});

test("the end publishes what is open, and exits in order", async () => {
  const store = await memoryStore();
  const server = await startServer(store);
  await server.post("/v1/requests", requestDocument("r1"));
  await server.post("/v1/requests/r1/answers", answerDocument(0, 1));
  expect(await server.stop()).toMatchObject({ exitCode: 0 });
  await expect(fetch(server.url)).rejects.toThrow("fetch failed");
  await using opened = await openPredictions(store, "read");
  const { answers } = await opened.predictions.read(keyOf());
  expect(answers).toMatchObject([{ minerId: 1001, status: "valid" }]);
});

test.each([
  ["an unknown path", "GET", "/v1/other", 404, "not-found"],
  ["an unknown method", "PUT", "/v1/requests", 404, "not-found"],
  ["an unknown request", "POST", "/v1/requests/r9/publish", 404, "unknown-request"],
  ["an answer to an unknown request", "POST", "/v1/requests/r9/answers", 404, "unknown-request"],
])("%s is told as JSON", async (_name, method, path, status, code) => {
  await using server = await startServer(await memoryStore());
  const reply = await server.call(method, path);
  expect(reply).toMatchObject({ status, body: { error: { code, message: expect.any(String) } } });
  expect(reply.headers.get("content-type")).toMatch(/^application\/json/);
});

test.each([
  ["text", "hello", 400, "malformed"],
  ["an empty body", "", 400, "malformed"],
  ["a request with members missing", "{}", 400, "invalid-request"],
  [
    "an unknown label",
    JSON.stringify({ ...requestDocument("r1"), label: "x" }),
    400,
    "unknown-label",
  ],
  ["a body that is too large", " ".repeat(20_000), 413, "too-large"],
])("opening with %s is refused", async (_name, body, status, code) => {
  await using server = await startServer(await memoryStore());
  const headers = { "content-type": "application/json" };
  const reply = await server.call("POST", "/v1/requests", { body, headers });
  expect(reply).toMatchObject({ status, body: { error: { code } } });
});

function line(document: object): string {
  return `${JSON.stringify(document)}\n`;
}

import { once } from "node:events";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { memoryStore } from "../support/run-writer.ts";
import { type RunningServer, startServer } from "../support/running-server.ts";
import { answerDocument, requestDocument } from "../support/small-request.ts";

const LIMIT = 4096;
const ANSWERS = "/v1/requests/r1/answers";
const json = { "content-type": "application/json" };

async function openServer(...argv: string[]): Promise<RunningServer> {
  const server = await startServer(await memoryStore(), {
    argv: ["--max-body-bytes", String(LIMIT), ...argv],
  });
  await server.post("/v1/requests", requestDocument("r1"));
  return server;
}

function answerOf(byteCount: number): string {
  return JSON.stringify(answerDocument(0, 1)).padEnd(byteCount, " ");
}

/** A body without a length: it goes out in chunks. */
function chunked(text: string): RequestInit {
  const pieces = text.match(/[^]{1,1000}/g) ?? [];
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(Buffer.from(piece));
    },
  });
  return { body, headers: json, duplex: "half" } as RequestInit;
}

test("a body as long as the limit passes, with and without a length", async () => {
  await using server = await openServer();
  const body = answerOf(LIMIT);
  expect(await server.call("POST", ANSWERS, { body, headers: json })).toMatchObject({
    status: 202,
  });
  expect(await server.call("POST", ANSWERS, chunked(body))).toMatchObject({ status: 202 });
});

test("one byte more is refused, with and without a length", async () => {
  await using server = await openServer();
  const body = answerOf(LIMIT + 1);
  const refused = { status: 413, body: { error: { code: "too-large" } } };
  expect(await server.call("POST", ANSWERS, { body, headers: json })).toMatchObject(refused);
  expect(await server.call("POST", ANSWERS, chunked(body))).toMatchObject(refused);
});

test("gzip is bounded by what it unpacks to", async () => {
  await using server = await openServer();
  const headers = { ...json, "content-encoding": "gzip" };
  const fits = new Uint8Array(gzipSync(answerOf(LIMIT)));
  expect(await server.call("POST", ANSWERS, { body: fits, headers })).toMatchObject({
    status: 202,
  });
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(3_000_000, " ")));
  expect(bomb.length).toBeLessThan(LIMIT);
  expect(await server.call("POST", ANSWERS, { body: bomb, headers })).toMatchObject({
    status: 413,
    body: { error: { code: "too-large" } },
  });
});

test("gzip is bounded by what is sent", async () => {
  await using server = await openServer();
  // A file name in the header is sent and not unpacked.
  const [plain, name] = [gzipSync(answerOf(100)), Buffer.alloc(LIMIT, "a")];
  const header = Buffer.from(plain.subarray(0, 10));
  header[3] = 0x08;
  const packed = Buffer.concat([header, name, Buffer.of(0), plain.subarray(10)]);
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(packed);
      controller.close();
    },
  });
  const headers = { ...json, "content-encoding": "gzip" };
  const init = { body, headers, duplex: "half" } as RequestInit;
  expect(await server.call("POST", ANSWERS, init)).toMatchObject({ status: 413 });
});

test.each([
  ["no gzip at all", Buffer.from("{}")],
  ["gzip that is cut short", gzipSync(answerOf(100)).subarray(0, -12)],
])("%s under gzip is malformed", async (_name, bytes) => {
  await using server = await openServer();
  const headers = { ...json, "content-encoding": "gzip" };
  const reply = await server.call("POST", ANSWERS, { body: new Uint8Array(bytes), headers });
  expect(reply).toMatchObject({ status: 400, body: { error: { code: "malformed" } } });
});

test.each([
  ["another content type", { "content-type": "text/plain" }],
  ["a name of every object", { "content-type": "constructor" }],
  ["another content encoding", { ...json, "content-encoding": "br" }],
])("%s is not supported", async (_name, headers) => {
  await using server = await openServer();
  const reply = await server.call("POST", ANSWERS, { body: answerOf(10), headers });
  expect(reply).toMatchObject({ status: 415, body: { error: { code: "unsupported-media-type" } } });
});

test("requests are JSON only", async () => {
  await using server = await openServer();
  const headers = { "content-type": "application/msgpack" };
  const reply = await server.call("POST", "/v1/requests", { body: new Uint8Array(3), headers });
  expect(reply).toMatchObject({ status: 415 });
});

test.each([
  ["no object", "[]"],
  ["no miner", '{"prediction":[]}'],
  ["another request", JSON.stringify({ request: "r2", ...answerDocument(0, 1) })],
])("a body with %s is malformed", async (_name, body) => {
  await using server = await openServer();
  const reply = await server.call("POST", ANSWERS, { body, headers: json });
  expect(reply).toMatchObject({ status: 400, body: { error: { code: "malformed" } } });
});

test("uploads that are broken off cost nothing and leave no answer", async () => {
  // Room for one body at a time: a leak of its bytes would refuse the last one.
  await using server = await openServer("--max-received-bytes", String(LIMIT));
  const { port } = new URL(server.url);
  for (let round = 0; round < 5; round += 1) {
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    socket.write(
      `POST ${ANSWERS} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${LIMIT}\r\n\r\n`,
    );
    socket.write(answerOf(LIMIT - 1));
    socket.destroy();
    await once(socket, "close");
  }
  await expect
    .poll(() => server.call("POST", ANSWERS, { body: answerOf(LIMIT), headers: json }))
    .toMatchObject({ status: 202 });
  expect(await server.call("GET", "/v1/requests")).toMatchObject({
    body: { requests: [{ miners: 1, replaced: 0 }] },
  });
});

test("bodies over the bytes that may be received at one time come back later", async () => {
  await using server = await openServer("--max-received-bytes", "1024");
  const reply = await server.call("POST", ANSWERS, { body: answerOf(1025), headers: json });
  expect(reply).toMatchObject({ status: 503, body: { error: { code: "busy" } } });
  expect(reply.headers.get("retry-after")).toBe("1");
  expect(await server.call("POST", ANSWERS, { body: answerOf(1024), headers: json })).toMatchObject(
    { status: 202 },
  );
});

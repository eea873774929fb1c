import { once } from "node:events";
import { connect, type Socket } from "node:net";

import { createPredictions, openPredictions } from "@foretile/app-kit";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { answerDocument, keyOf, requestDocument, SMALL_LABEL } from "../support/small-request.ts";
import { WriterProcess } from "../support/writer-process.ts";

async function newStore(path: string): Promise<string> {
  const url = `lmdb:${path}/store`;
  const created = await createPredictions(url, { labels: [SMALL_LABEL] });
  await created[Symbol.asyncDispose]();
  return url;
}

interface Served extends AsyncDisposable {
  readonly writer: WriterProcess;
  readonly url: string;
}

async function startServe(store: string, ...argv: string[]): Promise<Served> {
  const writer = new WriterProcess(["serve", "--store", store, "--port", "0", ...argv]);
  await writer.resultCount(1);
  const url = writer.results[0]?.["url"] as string;
  return { writer, url, [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose]() };
}

function post(url: string, document: unknown): Promise<Response> {
  return fetch(url, {
    method: "POST",
    body: JSON.stringify(document),
    headers: { "content-type": "application/json" },
  });
}

/** Sends the head of an answer and not its body, so that the call stays under way. */
async function stuckCall(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(
    "POST /v1/requests/r0/answers HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n" +
      "content-type: application/json\r\ncontent-length: 1000\r\n\r\n",
  );
  // The server asks for the body: the call is under way.
  await once(socket, "data");
  return socket;
}

test("SIGTERM in the middle of a stream of answers loses nothing that was acknowledged", async () => {
  await using folder = await temporaryFolder();
  const store = await newStore(folder.path);
  await using served = await startServe(store);
  const { writer, url } = served;
  const requests = [0, 1, 2];
  for (const request of requests) {
    await post(`${url}/v1/requests`, requestDocument(`r${request}`, request));
  }
  const acknowledged = new Map(requests.map((request) => [request, new Set<number>()]));
  let refused = 0;
  const senders = Array.from({ length: 6 }, async (_, sender) => {
    for (let miner = sender; miner < 6000; miner += 6) {
      const request = miner % requests.length;
      try {
        const reply = await post(
          `${url}/v1/requests/r${request}/answers`,
          answerDocument(request, miner),
        );
        await reply.arrayBuffer();
        if (reply.status === 202) acknowledged.get(request)?.add(1000 + miner);
        else refused += 1;
      } catch {
        // The server does not listen any more.
        refused += 1;
        return;
      }
      if (miner === 600) writer.child.kill("SIGTERM");
    }
  });
  await Promise.all(senders);
  expect(await writer.end()).toMatchObject({ code: 0, signal: null });
  expect(refused).toBeGreaterThan(0);

  await using opened = await openPredictions(store, "read");
  for (const [request, minerIds] of acknowledged) {
    expect(minerIds.size).toBeGreaterThan(50);
    const { answers } = await opened.predictions.read(keyOf(request));
    const stored = new Set(answers.map(({ minerId }) => minerId));
    expect([...minerIds].filter((minerId) => !stored.has(minerId))).toEqual([]);
  }
});

test("calls that do not end are given up after the drain time", async () => {
  await using folder = await temporaryFolder();
  const store = await newStore(folder.path);
  await using served = await startServe(store, "--drain-seconds", "1");
  const { writer, url } = served;
  await post(`${url}/v1/requests`, requestDocument("r0"));
  await post(`${url}/v1/requests/r0/answers`, answerDocument(0, 1));
  const socket = await stuckCall(url);
  writer.child.kill("SIGTERM");
  expect(await writer.end()).toMatchObject({ code: 0 });
  socket.destroy();
  await using opened = await openPredictions(store, "read");
  const { answers } = await opened.predictions.read(keyOf());
  expect(answers).toMatchObject([{ minerId: 1001 }]);
});

test("a second signal ends it at once", async () => {
  await using folder = await temporaryFolder();
  await using served = await startServe(await newStore(folder.path));
  const { writer, url } = served;
  await post(`${url}/v1/requests`, requestDocument("r0"));
  const socket = await stuckCall(url);
  writer.child.kill("SIGTERM");
  await expect
    .poll(() =>
      fetch(url).then(
        () => "up",
        () => "down",
      ),
    )
    .toBe("down");
  writer.child.kill("SIGINT");
  expect(await writer.end()).toMatchObject({ code: 130 });
  socket.destroy();
});

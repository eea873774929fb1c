import {
  createServer,
  request as send,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** A request as the proxy sees it. */
export interface ProxiedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly conditional: boolean;
}

/**
 * - `slow`: passes it on late.
 * - `fail`, `slow-down`: answers 500 or 503 itself; the server hears nothing.
 * - `reset`: cuts the connection; the server hears nothing.
 * - `lose-reply`: the server does it, the client does not hear of it.
 * - `duplicate`: the server gets it twice, the client hears the second answer.
 * - `duplicate-slow-down`: the same, with 503 as the second answer.
 * - `truncate`: the connection is cut in the middle of the answer's body.
 * - `shorten`: the body is cut and its length told accordingly.
 * - `garble`: one byte of the body is another one.
 * - `wrong-etag`: the answer has the ETag of other bytes.
 */
export type HttpFault =
  | "slow"
  | "fail"
  | "slow-down"
  | "reset"
  | "lose-reply"
  | "duplicate"
  | "duplicate-slow-down"
  | "truncate"
  | "shorten"
  | "garble"
  | "wrong-etag";

/**
 * A double of a bad network in front of a real server, over plain HTTP, so that it can read and change what passes. It
 * keeps the `Host` that was signed.
 */
export interface HostileProxy extends AsyncDisposable {
  readonly endpoint: string;
  /** How often each fault struck. */
  readonly faults: ReadonlyMap<HttpFault, number>;
  requests(): number;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

export interface HostileProxyOptions {
  /** Of the real server. */
  readonly endpoint: string;
  /** Chooses what becomes of a request. */
  readonly strike: (request: ProxiedRequest) => HttpFault | undefined;
  /**
   * Takes conditions away, as servers do that do not know them: gets the request in the place of the server.
   */
  readonly lie?: (request: ProxiedRequest, body: Buffer) => Promise<Answer | undefined>;
}

export async function startHostileProxy(options: HostileProxyOptions): Promise<HostileProxy> {
  const { endpoint, strike, lie } = options;
  const target = new URL(endpoint);
  const faults = new Map<HttpFault, number>();
  let requests = 0;

  async function forward(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const outgoing = send(
      {
        host: target.hostname,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
        agent: false,
      },
      resolve,
    );
    outgoing.on("error", reject);
    outgoing.end(body);
    const reply = await promise;
    return { status: reply.statusCode ?? 0, headers: reply.headers, body: await buffer(reply) };
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1;
    const { method = "", url: path = "", headers } = incoming;
    const conditional = headers["if-match"] !== undefined || headers["if-none-match"] !== undefined;
    const request: ProxiedRequest = { method, path, conditional };
    const body = await buffer(incoming);
    const told = await lie?.(request, body);
    if (told !== undefined) return answer(response, told);
    const fault = strike(request);
    if (fault !== undefined) faults.set(fault, (faults.get(fault) ?? 0) + 1);
    if (fault === "reset") return void response.destroy();
    if (fault === "fail") return answer(response, failure(500, "InternalError"));
    if (fault === "slow-down") return answer(response, failure(503, "SlowDown"));
    if (fault === "slow") await sleep(30);
    if (fault === "duplicate") await forward(incoming, body);
    const reply = await forward(incoming, body);
    if (fault === "lose-reply") return void response.destroy();
    if (fault === "duplicate-slow-down") return answer(response, failure(503, "SlowDown"));
    answer(response, changed(reply, fault), fault === "truncate");
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    faults,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function answer(response: ServerResponse, reply: Answer, cut = false): void {
  const { "transfer-encoding": _chunked, connection: _connection, ...headers } = reply.headers;
  const known = Object.entries(headers).filter(([, value]) => value !== undefined);
  // A connection that is closed while a next request is on its way would be a fault that nobody chose.
  response.shouldKeepAlive = false;
  response.writeHead(reply.status, Object.fromEntries(known) as Record<string, string>);
  if (!cut || reply.body.byteLength < 2) return void response.end(reply.body);
  response.write(reply.body.subarray(0, reply.body.byteLength >> 1), () => response.destroy());
}

function changed(reply: Answer, fault: HttpFault | undefined): Answer {
  const { headers, body } = reply;
  if (fault === "wrong-etag" && headers["etag"] !== undefined) {
    return { ...reply, headers: { ...headers, etag: '"d41d8cd98f00b204e9800998ecf8427e"' } };
  }
  if (fault === "garble" && body.byteLength > 0) {
    const garbled = Buffer.from(body);
    const middle = garbled.byteLength >> 1;
    garbled[middle] = (garbled[middle] ?? 0) ^ 0x20;
    return { ...reply, body: garbled };
  }
  if (fault === "shorten" && body.byteLength > 1) {
    const short = body.subarray(0, body.byteLength >> 1);
    return {
      ...reply,
      headers: { ...headers, "content-length": `${short.byteLength}` },
      body: short,
    };
  }
  return reply;
}

function failure(status: number, code: string): Answer {
  const body = Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
  const headers = { "content-type": "application/xml", "content-length": `${body.byteLength}` };
  return { status, headers, body };
}

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { Clock } from "@foretile/resilience";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";

/** From the first byte of a call to the end of its headers. */
const HEADERS_TIMEOUT_MS = 10_000;
/** From the first byte of a call to the end of its body: a full-size answer over a slow line. */
const REQUEST_TIMEOUT_MS = 120_000;
/** An idle connection between two calls; callers keep theirs through one request of the network. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** How often the limits above are looked at. */
const CHECK_INTERVAL_MS = 2_000;
/** A caller needs one connection for each answer it sends at the same time. */
const MAX_CONNECTIONS = 1024;

/** A server that takes calls. */
export interface HttpServer {
  readonly port: number;
  /**
   * Stops taking connections, waits until the calls under way are answered, but at most `drainMs`, and then ends every
   * connection.
   *
   * @returns whether all calls were answered
   */
  close(drainMs: number): Promise<boolean>;
}

export interface ListenOptions {
  /** An IP address. */
  readonly address: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly clock: Clock;
}

/**
 * Serves `app` over HTTP with every wait bounded.
 *
 * @throws the operating system's error, such as `EADDRINUSE`
 */
export async function listen(
  app: Pick<Hono<{ Bindings: HttpBindings }>, "fetch">,
  options: ListenOptions,
): Promise<HttpServer> {
  const listener = getRequestListener((request, env) => app.fetch(request, env), {
    overrideGlobalObjects: false,
  });
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
    },
    (incoming, outgoing) => void listener(incoming, outgoing),
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: options.address, port: options.port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: (drainMs) => drain(server, drainMs, options.clock),
  };
}

async function drain(server: Server, drainMs: number, clock: Clock): Promise<boolean> {
  const closed = new Promise<true>((resolve) => server.close(() => resolve(true)));
  const waiting = new AbortController();
  const late = clock.sleep(drainMs, waiting.signal).then(
    () => false,
    () => false,
  );
  const drained = await Promise.race([closed, late]);
  waiting.abort();
  server.closeAllConnections();
  await closed;
  return drained;
}

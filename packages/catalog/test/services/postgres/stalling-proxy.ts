import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";

/** Passes connections on to a server until it is told to swallow what the server says. */
export interface StallingProxy extends AsyncDisposable {
  readonly port: number;
  /** From now on nothing of the server comes back; with a text, once a client has sent it. */
  readonly stall: (at?: string) => void;
  /** New connections are passed on again, in both directions. */
  readonly recover: () => void;
  /** Resolves when no client has a connection open. */
  readonly unused: () => Promise<void>;
}

/** A double for what a real server cannot be made to do: to accept, to listen, and to be silent. */
export async function stallingProxy(target: {
  host: string;
  port: number;
}): Promise<StallingProxy> {
  const clients = new Set<Socket>();
  let stallsAt: string | undefined;
  let isStalled = false;
  const server = createServer((client: Socket) => {
    const upstream = connect(target);
    clients.add(client);
    client.on("data", (bytes) => {
      if (stallsAt !== undefined && bytes.includes(stallsAt)) isStalled = true;
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (!isStalled) client.write(bytes);
    });
    for (const socket of [client, upstream]) socket.on("error", () => {});
    upstream.on("close", () => {
      if (!isStalled) client.destroy();
    });
    client.on("close", () => {
      upstream.destroy();
      clients.delete(client);
      server.emit("unused");
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stall: (at) => {
      stallsAt = at;
      isStalled = at === undefined;
    },
    recover: () => {
      stallsAt = undefined;
      isStalled = false;
    },
    unused: async () => {
      while (clients.size > 0) await once(server, "unused");
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.destroy();
      await once(server.close(), "close");
    },
  };
}

import { createRequire } from "node:module";
import { callbackify } from "node:util";

import { GrpcClient, grpc } from "google-gax";

/** The calls that can be struck. */
export type Method =
  | "readRows"
  | "mutateRows"
  | "checkAndMutateRow"
  | "getTable"
  | "createTable"
  | "modifyColumnFamilies";

interface Message {
  readonly [field: string]: unknown;
}

/** What happens to one call instead of being passed on and answered. */
type Strike =
  /** Fails at once; the real server hears nothing. */
  | { readonly kind: "fail"; readonly code: grpc.status }
  /** Is done by the real server, and then fails. */
  | { readonly kind: "lose-reply"; readonly code: grpc.status }
  /** Is done twice by the real server, as if the network had doubled it; one answer is given. */
  | { readonly kind: "deliver-twice" }
  /** Is never answered. */
  | { readonly kind: "hang" }
  /** Of a stream: ends after some messages, with a status. */
  | { readonly kind: "cut"; readonly after: number; readonly code: grpc.status }
  /** Of a stream: gives other messages than the real server gave. */
  | { readonly kind: "change"; readonly change: (message: Message) => Message };

/** A gRPC server that passes calls on to a real one, except for those that are struck. */
export interface HostileServer extends AsyncDisposable {
  /** `HOST:PORT`. */
  readonly endpoint: string;
  /** Strikes the next calls of a method, one after the other. */
  strike(method: Method, ...strikes: readonly Strike[]): void;
  /** Calls that came since the last {@link HostileServer.reset}. */
  calls(method: Method): number;
  /** Resolves when a call that hangs has come. */
  arrived(): Promise<void>;
  /** Resolves when a call that hangs was cancelled by its caller. */
  cancelled(): Promise<void>;
  /** Forgets calls, and strikes that hit nothing. */
  reset(): void;
}

type Unary = grpc.handleUnaryCall<Message, Message>;
type Streaming = grpc.handleServerStreamingCall<Message, Message>;
type Stub = Readonly<Record<string, (...args: unknown[]) => unknown>>;
type ServiceClient = grpc.ServiceClientConstructor;

/**
 * The double of a Bigtable server that misbehaves: what no real one can be made to do.
 *
 * @param upstream `HOST:PORT` of the real server
 */
export async function startHostileServer(upstream: string): Promise<HostileServer> {
  const { data, admin } = loadServices();
  const insecure = grpc.credentials.createInsecure();
  const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
  const dataStub = new data(upstream, insecure, unlimited);
  const adminStub = new admin(upstream, insecure, unlimited);
  const strikes = new Map<Method, Strike[]>();
  const counts = new Map<Method, number>();
  let arrived = Promise.withResolvers<void>();
  let cancelled = Promise.withResolvers<void>();

  function next(method: Method): Strike | undefined {
    counts.set(method, (counts.get(method) ?? 0) + 1);
    return strikes.get(method)?.shift();
  }

  function ask(stub: grpc.Client, method: Method, request: Message): Promise<Message> {
    return new Promise((resolve, reject) => {
      (stub as unknown as Stub)[method]?.(request, (error: Error | null, reply: Message) => {
        if (error === null) resolve(reply);
        else reject(error);
      });
    });
  }

  function hang(call: { on(event: "cancelled", listener: () => void): unknown }): void {
    call.on("cancelled", () => cancelled.resolve());
    arrived.resolve();
  }

  async function answer(
    stub: grpc.Client,
    method: Method,
    call: grpc.ServerUnaryCall<Message, Message>,
  ): Promise<Message> {
    const strike = next(method);
    if (strike?.kind === "hang") {
      hang(call);
      return new Promise(() => {});
    }
    if (strike?.kind === "fail") throw failure(strike.code);
    const reply = await ask(stub, method, call.request);
    if (strike?.kind === "deliver-twice") await ask(stub, method, call.request);
    if (strike?.kind === "lose-reply") throw failure(strike.code);
    return reply;
  }

  function unary(stub: grpc.Client, method: Method): Unary {
    return callbackify((call: grpc.ServerUnaryCall<Message, Message>) =>
      answer(stub, method, call),
    ) as unknown as Unary;
  }

  async function pass(
    stub: grpc.Client,
    method: Method,
    call: grpc.ServerWritableStream<Message, Message>,
  ): Promise<void> {
    const strike = next(method);
    if (strike?.kind === "hang") {
      hang(call);
      return;
    }
    if (strike?.kind === "fail") throw failure(strike.code);
    for (let left = strike?.kind === "deliver-twice" ? 2 : 1; left > 0; left -= 1) {
      const begin = (stub as unknown as Stub)[method]?.bind(stub);
      const replies = begin?.(call.request) as grpc.ClientReadableStream<Message>;
      let given = 0;
      for await (const reply of replies) {
        if (strike?.kind === "cut" && given === strike.after) break;
        given += 1;
        if (strike?.kind === "lose-reply" || left > 1) continue;
        call.write(strike?.kind === "change" ? strike.change(reply as Message) : reply);
      }
    }
    if (strike !== undefined && "code" in strike) throw failure(strike.code);
    call.end();
  }

  function streaming(stub: grpc.Client, method: Method): Streaming {
    return (call) => {
      pass(stub, method, call).catch((error: unknown) => call.emit("error", error));
    };
  }

  const server = new grpc.Server(unlimited);
  server.addService(data.service, {
    readRows: streaming(dataStub, "readRows"),
    mutateRows: streaming(dataStub, "mutateRows"),
    checkAndMutateRow: unary(dataStub, "checkAndMutateRow"),
  });
  server.addService(admin.service, {
    getTable: unary(adminStub, "getTable"),
    createTable: unary(adminStub, "createTable"),
    modifyColumnFamilies: unary(adminStub, "modifyColumnFamilies"),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });

  return {
    endpoint: `127.0.0.1:${port}`,
    strike: (method, ...more) => {
      strikes.set(method, [...(strikes.get(method) ?? []), ...more]);
    },
    calls: (method) => counts.get(method) ?? 0,
    arrived: () => arrived.promise,
    cancelled: () => cancelled.promise,
    reset: () => {
      strikes.clear();
      counts.clear();
      arrived = Promise.withResolvers<void>();
      cancelled = Promise.withResolvers<void>();
    },
    [Symbol.asyncDispose]: async () => {
      dataStub.close();
      adminStub.close();
      server.forceShutdown();
    },
  };
}

function failure(code: grpc.status): grpc.ServiceError {
  return Object.assign(new Error("struck"), {
    code,
    details: "struck",
    metadata: new grpc.Metadata(),
  });
}

function loadServices(): { readonly data: ServiceClient; readonly admin: ServiceClient } {
  const require = createRequire(import.meta.url);
  const json = require("@google-cloud/bigtable-api/build/protos/protos.json");
  const services = new GrpcClient().loadProtoJSON(json) as unknown as {
    google: {
      bigtable: {
        v2: { Bigtable: ServiceClient };
        admin: { v2: { BigtableTableAdmin: ServiceClient } };
      };
    };
  };
  const { v2, admin } = services.google.bigtable;
  return { data: v2.Bigtable, admin: admin.v2.BigtableTableAdmin };
}

import type { protos } from "@google-cloud/bigtable-api";
import { grpc } from "google-gax";

import type { BigtablePlace } from "./bigtable-place.ts";
import { abortedError } from "./errors.ts";
import { createServiceClients, type ServiceStub } from "./service-clients.ts";

type Data = typeof protos.google.bigtable.v2;
type Admin = typeof protos.google.bigtable.admin.v2;
type Message<Constructor extends abstract new (...args: never[]) => unknown> =
  InstanceType<Constructor>;

export type ReadRowsRequest = protos.google.bigtable.v2.IReadRowsRequest;
export type ReadRowsResponse = Message<Data["ReadRowsResponse"]>;
export type MutateRowsResponse = Message<Data["MutateRowsResponse"]>;
type CheckAndMutateRowResponse = Message<Data["CheckAndMutateRowResponse"]>;
export type Table = Message<Admin["Table"]>;
/**
 * The calls of the service, each exactly one gRPC call: nothing is repeated, decoded further or put on a queue.
 *
 * A signal cancels its call, which then fails with `aborted`. Other failures are those of gRPC, with a numeric `code`.
 */
export interface Connection {
  readRows(
    request: protos.google.bigtable.v2.IReadRowsRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<ReadRowsResponse, void, undefined>;
  mutateRows(
    request: protos.google.bigtable.v2.IMutateRowsRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<MutateRowsResponse, void, undefined>;
  checkAndMutateRow(
    request: protos.google.bigtable.v2.ICheckAndMutateRowRequest,
    signal?: AbortSignal,
  ): Promise<CheckAndMutateRowResponse>;
  getTable(name: string, signal?: AbortSignal): Promise<Table>;
  createTable(
    request: protos.google.bigtable.admin.v2.ICreateTableRequest,
    signal?: AbortSignal,
  ): Promise<Table>;
  modifyColumnFamilies(
    request: protos.google.bigtable.admin.v2.IModifyColumnFamiliesRequest,
    signal?: AbortSignal,
  ): Promise<Table>;
  /** Cancels the calls under way and gives the sockets back. */
  close(): Promise<void>;
}

/** Connects when the first call is made. */
export function openConnection(place: BigtablePlace, channels: number): Connection {
  const clients = createServiceClients(place, channels);
  const underWay = new Set<Cancellable>();
  let closed = false;

  /** @returns what ends it */
  function begin(call: Cancellable, signal: AbortSignal | undefined): () => void {
    const cancel = (): void => call.cancel();
    underWay.add(call);
    if (closed || signal?.aborted === true) cancel();
    else signal?.addEventListener("abort", cancel, { once: true });
    return () => {
      underWay.delete(call);
      signal?.removeEventListener("abort", cancel);
    };
  }

  async function unary<Response>(
    stub: Promise<ServiceStub>,
    method: string,
    request: object,
    routing: Routing,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    const service = await stub;
    let end: (() => void) | undefined;
    try {
      return await new Promise<Response>((resolve, reject) => {
        const call = service[method]?.(
          request,
          routingMetadata(routing),
          (error: grpc.ServiceError | null, response: Response) => {
            if (error === null) resolve(response);
            else reject(error);
          },
        ) as grpc.ClientUnaryCall;
        end = begin(call, signal);
      });
    } catch (error) {
      throw signal?.aborted === true ? abortedError(signal) : error;
    } finally {
      end?.();
    }
  }

  async function* stream<Response>(
    stub: Promise<ServiceStub>,
    method: string,
    request: object,
    routing: Routing,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Response, void, undefined> {
    const service = await stub;
    const call = service[method]?.(
      request,
      routingMetadata(routing),
    ) as grpc.ClientReadableStream<Response>;
    // Cancelling reports an error once more when nobody reads any longer.
    call.on("error", () => {});
    const end = begin(call, signal);
    try {
      for await (const message of call) yield message as Response;
    } catch (error) {
      throw signal?.aborted === true ? abortedError(signal) : error;
    } finally {
      end();
      call.cancel();
    }
  }

  return {
    readRows: (request, signal) =>
      stream(clients.data(), "readRows", request, dataRouting(request), signal),
    mutateRows: (request, signal) =>
      stream(clients.data(), "mutateRows", request, dataRouting(request), signal),
    checkAndMutateRow: (request, signal) =>
      unary(clients.data(), "checkAndMutateRow", request, dataRouting(request), signal),
    getTable: (name, signal) =>
      unary(clients.admin(), "getTable", { name, view: "SCHEMA_VIEW" }, { name }, signal),
    createTable: (request, signal) =>
      unary(clients.admin(), "createTable", request, { parent: request.parent }, signal),
    modifyColumnFamilies: (request, signal) =>
      unary(clients.admin(), "modifyColumnFamilies", request, { name: request.name }, signal),
    close: async () => {
      closed = true;
      for (const call of underWay) call.cancel();
      await clients.close();
    },
  };
}

type Cancellable = Pick<grpc.ClientUnaryCall, "cancel">;

type Routing = Readonly<Record<string, string | null | undefined>>;

function dataRouting(request: {
  readonly tableName?: string | null;
  readonly appProfileId?: string | null;
}): Routing {
  return { table_name: request.tableName, app_profile_id: request.appProfileId };
}

/** The service routes by this header, not by the message. */
function routingMetadata(routing: Routing): grpc.Metadata {
  const metadata = new grpc.Metadata();
  const parameters = Object.entries(routing).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : `${name}=${encodeURIComponent(value)}`,
  );
  metadata.set("x-goog-request-params", parameters.join("&"));
  return metadata;
}

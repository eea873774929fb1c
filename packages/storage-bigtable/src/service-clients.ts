import { StorageError } from "@foretile/storage";
import { BigtableClient, BigtableTableAdminClient } from "@google-cloud/bigtable-api";
import { GoogleAuth, grpc, type ClientOptions } from "google-gax";

import type { BigtablePlace } from "./bigtable-place.ts";
import { CREDENTIALS_REMEDY } from "./errors.ts";

/**
 * How far ahead of its reader the service may send on one connection. The default of 64 KiB makes a reader of cells of
 * a megabyte wait for a round trip every few microseconds of data.
 */
const FLOW_CONTROL_WINDOW_BYTES = 16 * 1024 * 1024;

/** The methods of one service as gRPC calls. */
export type ServiceStub = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** The service's clients, each made at its first use. */
export interface ServiceClients {
  /** The data service. Calls take turns on the channels. */
  data(): Promise<ServiceStub>;
  /** The service that knows tables and families. */
  admin(): Promise<ServiceStub>;
  close(): Promise<void>;
}

/**
 * The generated clients, of which only the stubs are used: they bring the messages, the endpoints and the credentials.
 * Their calls would be repeated and buffered by their own rules.
 *
 * @param channels connections for data, ≥ 1
 */
export function createServiceClients(place: BigtablePlace, channels: number): ServiceClients {
  const options = clientOptions(place);
  const clients = new Map<string, BigtableClient | BigtableTableAdminClient>();
  let turn = 0;

  async function stub(
    name: string,
    create: () => BigtableClient | BigtableTableAdminClient,
  ): Promise<ServiceStub> {
    const client = clients.get(name) ?? create();
    clients.set(name, client);
    try {
      return (await client.initialize()) as ServiceStub;
    } catch (error) {
      // A client remembers that it found no credentials; the next call may find some.
      if (clients.get(name) === client) clients.delete(name);
      throw new StorageError("permission-denied", `no valid credentials, ${CREDENTIALS_REMEDY}`, {
        cause: error,
        details: { remedy: CREDENTIALS_REMEDY },
      });
    }
  }

  return {
    data: () => {
      turn = (turn + 1) % channels;
      return stub(`data ${turn}`, () => new BigtableClient({ ...options, ...dataEndpoint(place) }));
    },
    admin: () => stub("admin", () => new BigtableTableAdminClient(options)),
    close: async () => {
      await Promise.all(Array.from(clients.values(), (client) => client.close()));
    },
  };
}

function clientOptions(place: BigtablePlace): ClientOptions {
  const channel = {
    "grpc-node.flow_control_window": FLOW_CONTROL_WINDOW_BYTES,
    // Without this all channels to one address share one connection.
    "grpc.use_local_subchannel_pool": 1,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 10_000,
  };
  const emulatorHost = emulatorHostOf(place);
  if (emulatorHost === undefined) return channel;
  const { host, port } = hostAndPort(emulatorHost, 8086);
  return {
    ...channel,
    servicePath: host,
    port,
    sslCreds: grpc.credentials.createInsecure(),
    // Keeps the client from looking for credentials that nobody asks for.
    auth: new GoogleAuth({ clientOptions: { universeDomain: "googleapis.com" } }),
  };
}

function dataEndpoint(place: BigtablePlace): ClientOptions {
  if (place.apiEndpoint === undefined || emulatorHostOf(place) !== undefined) return {};
  const { host, port } = hostAndPort(place.apiEndpoint, 443);
  return { servicePath: host, port };
}

function emulatorHostOf(place: BigtablePlace): string | undefined {
  const host = place.emulatorHost ?? process.env["BIGTABLE_EMULATOR_HOST"];
  return host === "" ? undefined : host;
}

/** Where the calls go, for messages. */
export function endpointOf(place: BigtablePlace): string {
  return emulatorHostOf(place) ?? place.apiEndpoint ?? "bigtable.googleapis.com";
}

function hostAndPort(text: string, defaultPort: number): { host: string; port: number } {
  const separator = text.lastIndexOf(":");
  if (separator === -1) return { host: text, port: defaultPort };
  return { host: text.slice(0, separator), port: Number(text.slice(separator + 1)) };
}

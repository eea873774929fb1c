import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { openStore } from "../../src/index.ts";

/* What somebody meets who mistypes a port: an endpoint that takes connections and never answers. */

const connections = new Set<Socket>();
const endpoint = createServer((connection) => {
  connections.add(connection);
  connection.on("error", () => connection.destroy()).resume();
});
let host: string;

beforeEach(async () => {
  await once(endpoint.listen(0, "127.0.0.1"), "listening");
  host = `127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
  vi.stubEnv("AWS_ACCESS_KEY_ID", "nobody");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "nothing");
  vi.stubEnv("BIGTABLE_EMULATOR_HOST", host);
});

afterEach(async () => {
  for (const connection of connections) connection.destroy();
  connections.clear();
  endpoint.close();
  await once(endpoint, "close");
  vi.unstubAllEnvs();
});

const s3 = (): string => `s3://bucket/prefix?endpoint=http://${host}&region=us-east-1`;
const bigtable = (): string => "bigtable://project/instance/prefix";

test.each([
  ["s3", s3],
  ["bigtable", bigtable],
  ["hybrid", () => `hybrid:${bigtable()},${s3()}`],
])("opening a store of %s ends at a signal", async (_, url) => {
  for (const mode of ["read", "write", "create"] as const) {
    const controller = new AbortController();
    const connected = once(endpoint, "connection");
    const opening = openStore(url(), mode, { signal: controller.signal });
    await connected;
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(opening).rejects.toSatisfy(
      (error: Error & { code?: string }) => error === reason || error.code === "aborted",
    );
  }
});

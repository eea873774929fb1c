import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePorts } from "../src/free-ports.mjs";

test("ports differ and can be listened on", async () => {
  const ports = await freePorts(8);
  expect(new Set(ports).size).toBe(8);
  const servers = ports.map((port) => createServer().listen(port, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  for (const server of servers) server.close();
});

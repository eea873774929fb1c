import { request } from "node:http";

import { expect, test } from "vitest";

import { isLoopbackAddress } from "../../src/serve/listen-address.ts";
import { serverAccess } from "../../src/serve/server-access.ts";
import { memoryStore, runWriter } from "../support/run-writer.ts";
import { startServer } from "../support/running-server.ts";
import { requestDocument } from "../support/small-request.ts";

const TOKEN = "correct-horse-battery-staple";
const env = { FORETILE_WRITER_TOKEN: TOKEN };

test.each([
  ["127.0.0.1", true],
  ["127.255.3.4", true],
  ["::1", true],
  ["::ffff:127.0.0.1", true],
  ["0.0.0.0", false],
  ["::", false],
  ["128.0.0.1", false],
  ["10.0.0.1", false],
  ["::2", false],
  ["::ffff:10.0.0.1", false],
])("%s is a loopback address: %s", (address, expected) => {
  expect(isLoopbackAddress(address)).toBe(expected);
});

test.each(["0.0.0.0", "::", "192.0.2.1"])("%s needs a token", async (host) => {
  await expect(serverAccess(host, {})).rejects.toMatchObject({ code: "usage" });
  expect(await serverAccess(host, env)).toMatchObject({ address: host });
  const run = await runWriter(["serve", "--store", "memory:x", "--host", host]);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain("needs a token");
});

test.each(["", " ", "two words", "line\nbreak", "ü"])(
  "%j is no token, and is not shown",
  async (token) => {
    await expect(serverAccess("127.0.0.1", { FORETILE_WRITER_TOKEN: token })).rejects.toThrow(
      /^FORETILE_WRITER_TOKEN must be printable ASCII without spaces, or unset$/,
    );
  },
);

test("localhost is resolved before it is judged", async () => {
  const { address } = await serverAccess("localhost", {});
  expect(isLoopbackAddress(address)).toBe(true);
});

test("with a token every call has to bring it, health aside, and no log shows it", async () => {
  const server = await startServer(await memoryStore(), { env });
  for (const path of ["/healthz", "/readyz"]) {
    expect(await server.call("GET", path)).toMatchObject({ status: 200 });
  }
  const wrong = [
    undefined,
    TOKEN,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Basic ${TOKEN}`,
  ];
  for (const authorization of wrong) {
    const headers = authorization === undefined ? {} : { authorization };
    for (const [method, path] of [
      ["GET", "/v1/requests"],
      ["POST", "/v1/requests"],
      ["POST", "/v1/requests/r1/answers"],
      ["DELETE", "/v1/requests/r1"],
      ["GET", "/other"],
    ] as const) {
      const reply = await server.call(method, path, { headers });
      expect(reply).toMatchObject({ status: 401, body: { error: { code: "unauthorized" } } });
      expect(reply.headers.get("www-authenticate")).toMatch(/^Bearer/);
    }
  }
  const headers = { authorization: `Bearer ${TOKEN}` };
  expect(await server.post("/v1/requests", requestDocument("r1"), headers)).toMatchObject({
    status: 201,
  });
  const { stdout, stderr } = await server.stop();
  expect(stderr).toContain("call refused");
  expect(stdout + stderr).not.toContain(TOKEN);
});

test("without a token calls from web pages are refused", async () => {
  await using server = await startServer(await memoryStore());
  expect(
    await server.call("POST", "/v1/requests/r1/publish", { headers: { origin: "https://a.test" } }),
  ).toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
});

/** `fetch` does not let a caller choose the host. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/v1/requests`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

test.each([
  ["localhost:8787", 200],
  ["127.0.0.1", 200],
  ["[::1]:8787", 200],
  ["evil.test", 403],
  ["127.0.0.1.evil.test", 403],
])("without a token the host %s gives %i", async (host, status) => {
  await using server = await startServer(await memoryStore());
  expect(await statusFor(server.url, host)).toBe(status);
});

import { expect, test } from "vitest";
import { lowRequest, minerIds, NOON, save, valid } from "../../../src/conformance/samples.ts";
import {
  createPostgresCatalog,
  openPostgresCatalog,
  type PostgresCatalogOptions,
} from "../../../src/postgres/index.ts";
import { postgresSchemas } from "./postgres-schemas.ts";
import { stallingProxy } from "./stalling-proxy.ts";

const { newSchema, optionsFor, url } = await postgresSchemas();
const { hostname, port } = new URL(url);
const request = lowRequest("BTC", NOON);
/** Long enough for answers that come, also on a slow machine. */
const ANSWER_TIMEOUT_MS = 2_000;

function through(proxyPort: number, options: PostgresCatalogOptions): PostgresCatalogOptions {
  const address = new URL(options.connectionString);
  address.port = String(proxyPort);
  return { ...options, connectionString: address.href, answerTimeoutMs: ANSWER_TIMEOUT_MS };
}

test("a server that accepts and never answers is told, and no connection stays", async () => {
  await using proxy = await stallingProxy({ host: hostname, port: Number(port) });
  proxy.stall();
  const options = { ...through(proxy.port, optionsFor("public")), connectTimeoutMs: 200 };
  await expect(openPostgresCatalog(options)).rejects.toMatchObject({
    code: "unavailable",
    retry: "safe",
    message: "database did not answer",
  });
  await proxy.unused();
});

test.each([
  ["in the middle of a save", "insert into", "safe", undefined],
  ["before it tells that a save is committed", "commit", "unknown-outcome", 1],
])("a server falls silent %s", async (_when, statement, retry, saved) => {
  await using proxy = await stallingProxy({ host: hostname, port: Number(port) });
  const options = optionsFor(await newSchema());
  await using direct = await createPostgresCatalog(options);
  const [miner = 0] = await minerIds(direct, 1);
  await using catalog = await openPostgresCatalog(through(proxy.port, options));

  proxy.stall(statement);
  await expect(save(catalog, request, [valid(miner)])).rejects.toMatchObject({
    code: "unavailable",
    retry,
  });
  await proxy.unused();
  const found = await direct.findRequest(request);
  expect(found?.predictions.valid).toBe(saved);

  proxy.recover();
  await save(catalog, request, [valid(miner)]);
  expect(await direct.findRequest(request)).toMatchObject({ predictions: { valid: 1 } });
});

test("a catalog is closed though the server is silent", async () => {
  await using proxy = await stallingProxy({ host: hostname, port: Number(port) });
  const options = optionsFor(await newSchema());
  await using direct = await createPostgresCatalog(options);
  await minerIds(direct, 1);
  const catalog = await openPostgresCatalog(through(proxy.port, options));
  proxy.stall();
  await catalog.close();
  await expect(catalog.currentMiners()).rejects.toMatchObject({ code: "closed" });
});

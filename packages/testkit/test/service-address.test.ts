import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reached, serviceAddress } from "../src/services/service-address.ts";
import { temporaryFolder } from "../src/temporary-folder.ts";

async function folderWith(record: unknown) {
  const folder = await temporaryFolder();
  await mkdir(folder.path, { recursive: true });
  await writeFile(join(folder.path, "s3.json"), JSON.stringify(record));
  return folder;
}

test("a server is where the state folder says", async () => {
  const connection = { url: "http://127.0.0.1:1", region: "here", port: 1 };
  await using folder = await folderWith({ state: "running", connection });
  const address = serviceAddress("s3", ["url", "region"], { environment: {}, folder: folder.path });
  expect(address).toEqual({ url: "http://127.0.0.1:1", region: "here" });
});

test("a variable goes before the state folder", async () => {
  await using folder = await folderWith({ state: "running", connection: { url: "http://wrong" } });
  const environment = { FORETILE_TEST_S3: JSON.stringify({ url: "http://right" }) };
  const address = serviceAddress("s3", ["url"], { environment, folder: folder.path });
  expect(address).toEqual({ url: "http://right" });
});

test.each([
  ["nothing was started", "postgres", { state: "running", connection: {} }],
  ["the start is not over", "s3", { state: "starting", connection: null }],
] as const)("says what to do when %s", async (_, name, record) => {
  await using folder = await folderWith(record);
  const ask = () => serviceAddress(name, ["url"], { environment: {}, folder: folder.path });
  expect(ask).toThrow(`run "pnpm services up ${name}" or set FORETILE_TEST_${name.toUpperCase()}`);
});

test("says which field a variable lacks", () => {
  const environment = { FORETILE_TEST_S3: JSON.stringify({ url: "http://right" }) };
  const ask = () => serviceAddress("s3", ["url", "region"], { environment, folder: "/nowhere" });
  expect(ask).toThrow("service=s3 field=region in=FORETILE_TEST_S3");
});

test("a server that has gone is named with what to do", async () => {
  const listener = createServer();
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  await reached("s3", "127.0.0.1", port);
  listener.close();
  await once(listener, "close");
  await expect(reached("s3", "127.0.0.1", port)).rejects.toThrow(
    `run "pnpm services up s3", service=s3 at=127.0.0.1:${port}`,
  );
});

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";
import { processIdentity } from "../src/process-identity.mjs";
import { isRunning, startServerProcess, stopServerProcess } from "../src/server-process.mjs";

async function startShell(folder: string, script: string) {
  const logPath = join(folder, "log");
  const command = ["sh", "-c", script] as const;
  const server = await startServerProcess({ name: "shell", command, logPath, cwd: folder });
  await expect.poll(() => readFile(logPath, "utf8")).toMatch(/\n$/);
  return { server, printed: (await readFile(logPath, "utf8")).trim() };
}

test("stopping ends the whole group", async () => {
  await using folder = await temporaryFolder();
  const { server, printed } = await startShell(folder.path, "sleep 1000 & echo $!; wait");
  const child = Number(printed);
  expect(isRunning(server)).toBe(true);
  expect(processIdentity(child)).not.toBeNull();
  expect(await stopServerProcess(server)).toBe(true);
  expect(isRunning(server)).toBe(false);
  await expect.poll(() => processIdentity(child)).toBeNull();
  expect(await stopServerProcess(server)).toBe(false);
});

test("what does not listen is killed", async () => {
  await using folder = await temporaryFolder();
  const script = "trap '' TERM; echo ready; while :; do sleep 1000; done";
  const { server } = await startShell(folder.path, script);
  expect(await stopServerProcess(server, { politeMs: 100 })).toBe(true);
  expect(isRunning(server)).toBe(false);
});

test("a process that merely has the number is left alone", async () => {
  await using folder = await temporaryFolder();
  const { server } = await startShell(folder.path, "echo ready; exec sleep 1000");
  const record = { ...server, identity: `${server.identity}0` };
  expect(isRunning(record)).toBe(false);
  expect(await stopServerProcess(record)).toBe(false);
  expect(isRunning(server)).toBe(true);
  await stopServerProcess(server);
});

test("a program that is not there is named", async () => {
  await using folder = await temporaryFolder();
  const logPath = join(folder.path, "log");
  const command = ["/nowhere/server"] as const;
  const start = startServerProcess({ name: "none", command, logPath, cwd: folder.path });
  await expect(start).rejects.toMatchObject({
    code: "missing",
    message: expect.stringContaining("/nowhere/server"),
  });
});

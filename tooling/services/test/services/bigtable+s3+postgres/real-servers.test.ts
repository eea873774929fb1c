import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { temporaryFolder } from "@foretile/testkit";
import { expect, onTestFinished, test } from "vitest";
import { isRunning } from "../../../src/server-process.mjs";
import { services } from "../../../src/services.mjs";
import { StateFolder } from "../../../src/state-folder.mjs";

// As /proc/net/tcp has them.
const LISTENS = "0A";
const LOOPBACK = "0100007F";

const module = new URL("../../../src/command-line.mjs", import.meta.url).href;
const program = `
  import { runCommandLine } from ${JSON.stringify(module)};
  const [, folder, ...args] = process.argv;
  process.exitCode = await runCommandLine(args, folder);
`;

/** Runs the tool as a process of its own, as a user does, on another folder. */
async function run(folder: string, ...args: string[]) {
  const command = ["--input-type=module", "-e", program, folder, ...args, "--json"];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await closed;
  return { code, stderr, report: stdout === "" ? {} : JSON.parse(stdout).services };
}

/** Addresses, as the system writes them, on which the processes listen for others. */
async function listening(pids: readonly number[]): Promise<string[]> {
  const sockets = new Set<string>();
  for (const pid of pids) {
    for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
      // One that was closed meanwhile listens to nobody.
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined) sockets.add(inode);
    }
  }
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8")),
  );
  const rows = tables.flatMap((table) => table.split("\n").map((line) => line.trim().split(/\s+/)));
  return rows
    .filter((fields) => fields[3] === LISTENS && sockets.has(fields[9]))
    .map(([, address]) => address.slice(0, address.indexOf(":")));
}

test("every real server starts, outlives its starter, checks its keys, and goes without a trace", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, ".services");
  const state = new StateFolder(path);
  onTestFinished(async () => {
    await run(path, "down");
  });

  const up = await run(path, "up");
  expect(up).toMatchObject({ code: 0 });
  const records = services.map(({ name }) => state.read(name));
  const processes = records.flatMap((record) => record?.processes ?? []);
  expect(processes.map(({ name }) => name).sort()).toEqual([
    "bigtable",
    "ceph-mgr",
    "ceph-mon",
    "ceph-osd",
    "postgres",
    "radosgw",
  ]);
  expect(processes.filter((server) => !isRunning(server))).toEqual([]);
  const addresses = await listening(processes.map(({ pid }) => pid));
  expect(new Set(addresses)).toEqual(new Set([LOOPBACK]));
  const others = records.flatMap((record) => record?.folders ?? []);

  const status = await run(path, "status");
  expect(status.code).toBe(0);
  expect(Object.keys(status.report).sort()).toEqual(["bigtable", "outside", "postgres", "s3"]);

  const wrong = { password: "wrong", secretAccessKey: "wrong", port: 1, rows: "/nowhere" };
  const refusals = services.map(({ name, ask }) => {
    const field = {
      postgres: "password",
      s3: "secretAccessKey",
      bigtable: "port",
      outside: "rows",
    }[name];
    return ask({ ...status.report[name], [field ?? ""]: Reflect.get(wrong, field ?? "") });
  });
  const outcomes = await Promise.allSettled(refusals);
  expect(outcomes.map(({ status: outcome }) => outcome)).toEqual(Array(4).fill("rejected"));

  const down = await run(path, "down");
  expect(down).toMatchObject({ code: 0 });
  expect(processes.filter((server) => isRunning(server))).toEqual([]);
  expect([path, ...others].filter((left) => existsSync(left))).toEqual([]);
});

#!/usr/bin/env node
// Takes a fresh clone to a running program with nothing but npm and Node 18 or newer:
//
//   node tooling/bootstrap/run.mjs demo [ARGUMENTS]   install, build, run the demo
//   node tooling/bootstrap/run.mjs bench [ARGUMENTS]  install, build, measure beside other stores
//   node tooling/bootstrap/run.mjs test [ARGUMENTS]   install, build, run every test (arguments go to vitest)
//
// Tests get the real servers they need: those that do not run yet are started meanwhile, and stopped at the end.
// Everything after the installation runs on the Node 24 that the installation brings along.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestServers } from "./test-servers.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const programs = {
  bench: (args) => ["node", "tooling/bench/compare.mjs", ...args],
  demo: (args) => ["node", "examples/demo/src/main.ts", ...args],
  test: (args) => ["vitest", "run", "--config", "tooling/test/vitest.config.ts", ...args],
};

const environment = {
  ...process.env,
  PATH: join(root, "node_modules", ".bin") + delimiter + process.env.PATH,
  TURBO_TELEMETRY_DISABLED: "1",
};

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => interruption.abort(signal));
}

/**
 * Runs a command; with `quietly`, shows its output only when it fails. Resolves with the exit code. An interruption of
 * this program is passed on.
 */
function run([command, ...args], { quietly = false } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = quietly ? ["ignore", "pipe", "pipe"] : "inherit";
    // npm's launchers are scripts on Windows, which only a shell starts.
    const shell = process.platform === "win32";
    const child = spawn(command, args, { cwd: root, env: environment, stdio, shell });
    const output = [];
    child.stdout?.on("data", (chunk) => output.push(chunk));
    child.stderr?.on("data", (chunk) => output.push(chunk));
    const forward = () => child.kill(interruption.signal.reason);
    interruption.signal.addEventListener("abort", forward);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      interruption.signal.removeEventListener("abort", forward);
      if (code !== 0 && quietly) process.stderr.write(Buffer.concat(output));
      resolve(code ?? (signal === null ? 1 : 130));
    });
  });
}

async function step(title, command) {
  process.stderr.write(`${title} … `);
  const started = Date.now();
  const code = await run(command, { quietly: true });
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  process.stderr.write(code === 0 ? `done in ${seconds} s\n` : `failed: ${command.join(" ")}\n`);
  return code;
}

/** Runs the steps one after the other until one fails; resolves with the last exit code. */
async function inOrder(steps) {
  for (const next of steps) {
    const code = interruption.signal.aborted ? 130 : await next();
    if (code !== 0) return code;
  }
  return 0;
}

const [name, ...args] = process.argv.slice(2);
const program = programs[name];
if (program === undefined) {
  process.stderr.write(
    `usage: node tooling/bootstrap/run.mjs ${Object.keys(programs).join("|")}\n`,
  );
  process.exit(2);
}
const major = Number(process.versions.node.split(".")[0]);
if (major < 18) {
  process.stderr.write(`Node 18 or newer is needed to install; this is ${process.version}\n`);
  process.exit(2);
}
const servers = name === "test" ? startTestServers(root, args, interruption.signal) : null;
try {
  process.exitCode = await inOrder([
    () => step("Installing", ["npx", "--yes", packageManager, "install", "--frozen-lockfile"]),
    () => step("Building", ["npx", "--yes", packageManager, "run", "build"]),
    async () => {
      await servers?.ready();
      return 0;
    },
    () => run(program(args)),
  ]);
} finally {
  await servers?.stop();
}

#!/usr/bin/env node
// Takes a fresh clone to a running program with nothing but npm and Node 18 or newer:
//
//   node tooling/bootstrap/run.mjs demo [ARGUMENTS]   install, build, run the demo
//   node tooling/bootstrap/run.mjs test [ARGUMENTS]   install, build, run every test (arguments go to vitest)
//
// Everything after the installation runs on the Node 24 that the installation brings along.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const programs = {
  demo: (args) => ["node", "examples/demo/src/main.ts", ...args],
  test: (args) => ["vitest", "run", "--config", "tooling/test/vitest.config.ts", ...args],
};

const environment = {
  ...process.env,
  PATH: join(root, "node_modules", ".bin") + delimiter + process.env.PATH,
  TURBO_TELEMETRY_DISABLED: "1",
};

/** Runs a command; with `quietly`, shows its output only when it fails. Resolves with the exit code. */
function run([command, ...args], { quietly = false, env = environment, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = quietly ? ["ignore", "pipe", "pipe"] : "inherit";
    // npm's launchers are scripts on Windows, which only a shell starts.
    const shell = process.platform === "win32";
    const child = spawn(command, args, { cwd, env, stdio, shell });
    const output = [];
    child.stdout?.on("data", (chunk) => output.push(chunk));
    child.stderr?.on("data", (chunk) => output.push(chunk));
    const forward = (signal) => child.kill(signal);
    process.on("SIGINT", forward);
    process.on("SIGTERM", forward);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", forward);
      process.off("SIGTERM", forward);
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
  if (code !== 0) process.exit(code);
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
await step("Installing", ["npx", "--yes", packageManager, "install", "--frozen-lockfile"]);
await step("Building", ["npx", "--yes", packageManager, "run", "build"]);
process.exit(await run(program(args)));

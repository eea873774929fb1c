import { spawn } from "node:child_process";
import { ServiceError } from "./service-error.mjs";

const LONGEST_OUTPUT_CHARACTERS = 1 << 20;

/**
 * Runs a program to its end and resolves with what it printed on stdout; rejects with its last lines when it fails,
 * with the reason of `signal` when that ends it.
 *
 * @param {readonly string[]} command the program and its arguments
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, uid?: number, gid?: number, detached?: boolean, signal?: AbortSignal, timeoutMs?: number }} [options]
 * @returns {Promise<string>}
 */
export function runCommand([program, ...args], options = {}) {
  const { timeoutMs = 60_000, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    const stdio = /** @type {["ignore", "pipe", "pipe"]} */ (["ignore", "pipe", "pipe"]);
    const child = spawn(program, args, { ...spawnOptions, stdio, timeout: timeoutMs });
    let stdout = "";
    let all = "";
    const take = (text) => (all = (all + text).slice(-LONGEST_OUTPUT_CHARACTERS));
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      take(text);
    });
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("error", (/** @type {NodeJS.ErrnoException} */ cause) => {
      if (options.signal?.aborted) return reject(options.signal.reason);
      const code = cause.code === "ENOENT" ? "missing" : "failed";
      reject(new ServiceError(code, `${program} did not start: ${cause.message}`, { cause }));
    });
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(stdout);
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      reject(new ServiceError("failed", `${program} failed (${how})\n${lastLines(all)}`));
    });
  });
}

/** The last lines of a program's output, indented for an error message. */
export function lastLines(text, count = 15) {
  const lines = text.trimEnd().split("\n").slice(-count);
  return lines.map((line) => `    ${line}`).join("\n");
}

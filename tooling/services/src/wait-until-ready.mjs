import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { lastLines } from "./run-command.mjs";
import { isRunning } from "./server-process.mjs";
import { ServiceError } from "./service-error.mjs";

const POLL_MS = 50;

/**
 * Asks a server until it answers. Gives up when its process ends, when the time is over or when `signal` fires.
 *
 * @template T
 * @param {() => Promise<T | undefined>} ask resolves with anything but undefined once the server is ready
 * @param {{ server: import("./server-process.mjs").ServerProcess, logPath: string, timeoutMs: number,
 *   signal: AbortSignal }} options
 * @returns {Promise<T>}
 */
export async function waitUntilReady(ask, { server, logPath, timeoutMs, signal }) {
  const deadline = Date.now() + timeoutMs;
  let refusal;
  for (;;) {
    signal.throwIfAborted();
    const running = isRunning(server);
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      refusal = error;
    }
    if (!running) throw failure("failed", `${server.name} ended while it started`);
    if (Date.now() > deadline) {
      const seconds = Math.round(timeoutMs / 1000);
      const last = refusal === undefined ? "" : `, last answer: ${refusal.message}`;
      throw failure("timeout", `${server.name} did not answer within ${seconds} s${last}`);
    }
    await sleep(POLL_MS);
  }

  function failure(code, what) {
    const log = existsSync(logPath) ? readFileSync(logPath, "utf8") : "";
    return new ServiceError(code, `${what}\n${lastLines(log)}`, { cause: refusal });
  }
}

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const ENTRY = fileURLToPath(new URL("subject-process.mjs", import.meta.url));
/** Of what a failed process printed. */
const LAST_CHARACTERS = 4_000;

/**
 * Has a process of its own do a job, see `measureJob`. What the process prints is only shown when it fails.
 *
 * @param {object} job
 * @param {{ signal?: AbortSignal }} [options]
 * @returns {Promise<Record<string, number>>}
 */
export async function runSubject(job, { signal } = {}) {
  const child = fork(ENTRY, {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
    signal,
    killSignal: "SIGKILL",
  });
  let printed = "";
  const note = (text) => (printed = (printed + text).slice(-LAST_CHARACTERS));
  child.stdout?.setEncoding("utf8").on("data", note);
  child.stderr?.setEncoding("utf8").on("data", note);
  let answer;
  child.once("message", (message) => (answer = message));
  child.send(job);
  const [code, endedBy] = await once(child, "close");
  if (answer?.result !== undefined) return answer.result;
  const reason = answer?.error ?? `it ended, code ${code ?? endedBy}\n${printed}`;
  throw new Error(reason);
}

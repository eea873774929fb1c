import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const ENTRY = fileURLToPath(new URL("subject-process.mjs", import.meta.url));

/**
 * Has a process of its own do one work of a subject.
 *
 * @param {{ subject: string, folder: string, work: string, size: object, options?: object,
 *   repeats?: number }} job
 * @returns {Promise<Record<string, any>>} what the work gives, with `ms`, `peakBytes` and `addedBytes` of memory, all of
 *   the first time; and `againMs`, the median of the repetitions in the same process
 */
export async function runWork(job) {
  const child = fork(ENTRY, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "advanced",
  });
  let answer;
  child.once("message", (message) => (answer = message));
  child.send(job);
  const [code, endedBy] = await once(child, "close");
  if (answer?.result !== undefined) return answer.result;
  throw new Error(
    `${job.subject} ${job.work}: ${answer?.error ?? `it ended, code ${code ?? endedBy}`}`,
  );
}

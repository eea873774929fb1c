// The process in which one subject does one thing. Gets a job from its parent, sends one answer, ends.
import { measureJob } from "./measure-job.mjs";

// The parent is gone, and nobody waits for the answer.
process.once("disconnect", () => process.exit(1));

process.once("message", (job) => void answer(/** @type {any} */ (job)));

async function answer(job) {
  let message;
  try {
    message = { result: await measureJob(job) };
  } catch (error) {
    message = { error: error.stack ?? String(error) };
  }
  // Servers' pools and native threads of peers must not keep it.
  process.send?.(message, () => process.exit(0));
}

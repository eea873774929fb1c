import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../python/score.py", import.meta.url));

/** `python/score.py` in a process that is started by the first job, compiles during it, and stays for more. */
export class PythonScorer {
  /** @type {readonly [string, readonly string[]]} */
  #command;
  #facts;
  /** @type {{ child: any, lines: AsyncIterator<string>, ended: Promise<unknown> } | undefined} */
  #running;

  /**
   * @param {string | undefined} python
   * @param {readonly string[]} args
   * @param {import("./data/dataset.mjs").Dataset} dataset
   */
  constructor(python, args, { shape, incrementSeconds, intervals }) {
    this.#command = [python ?? "python3", [SCRIPT, ...args]];
    this.#facts = { ...shape, increment: incrementSeconds, intervals };
  }

  /** Numbers of the processes that work for it. */
  get processes() {
    return this.#running === undefined ? [] : [Number(this.#running.child.pid)];
  }

  async score(job, take) {
    const { child, lines } = await this.#start();
    child.stdin.write(`${JSON.stringify({ ...job, ...this.#facts })}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error("the Python scorer has ended");
    for (const [miner, crps] of JSON.parse(value).entries()) take(miner, crps);
  }

  async close() {
    this.#running?.child.stdin.end();
    await this.#running?.ended;
  }

  async #start() {
    if (this.#running === undefined) {
      const [program, args] = this.#command;
      const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
      const ended = once(child, "close");
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      this.#running = { child, lines, ended };
      await once(child, "spawn");
    }
    return this.#running;
  }
}

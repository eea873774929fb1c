import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** How a process ended: by itself with a code, or by a signal. */
interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

/** A process that runs one of the `*.worker.ts` files beside this one. It tells what it does in lines of JSON. */
export class WorkerProcess<Line> implements AsyncDisposable {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** What it told so far; complete once it has ended. */
  readonly lines: Line[] = [];
  /** Resolves when it has ended and everything it told was read. */
  readonly ended: Promise<WorkerEnd>;
  #wake = Promise.withResolvers<void>();
  #over = false;

  /**
   * @param name of the file, without `.worker.ts`
   * @param options given to it as JSON
   * @param cache a folder for compiled code; default none
   */
  constructor(name: string, options: unknown, cache?: string) {
    const script = fileURLToPath(new URL(`${name}.worker.ts`, import.meta.url));
    this.child = spawn(
      process.execPath,
      ["--conditions=@foretile/source", script, JSON.stringify(options)],
      { env: { ...process.env, ...cacheVariable(cache) }, stdio: ["pipe", "pipe", "pipe"] },
    );
    // A killed process hears nothing more.
    this.child.stdin.on("error", () => undefined);
    const errors: Buffer[] = [];
    this.child.stderr.on("data", (piece: Buffer) => errors.push(piece));
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      this.lines.push(JSON.parse(line) as Line);
      this.#wakeUp();
    });
    this.ended = once(this.child, "close").then(([code, signal]) => {
      this.#over = true;
      this.#wakeUp();
      return {
        code: code as number | null,
        signal: signal as NodeJS.Signals | null,
        errors: Buffer.concat(errors).toString("utf8"),
      };
    });
  }

  /** Waits until it told `count` lines, or ended. */
  async told(count: number): Promise<void> {
    while (this.lines.length < count && !this.#over) await this.#wake.promise;
  }

  /** Lets a worker that waits at its gate go on. */
  letGo(): void {
    this.child.stdin.write("\n");
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended;
  }

  #wakeUp(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** Compiling is most of a start, and only a process that ends in order leaves its compiled code to others. */
function cacheVariable(cache: string | undefined): Readonly<Record<string, string>> {
  return cache === undefined ? {} : { NODE_COMPILE_CACHE: cache };
}

/** Runs a worker to its end and gives what it told. */
export async function runWorker<Line>(
  name: string,
  options: unknown,
  cache?: string,
): Promise<readonly Line[]> {
  await using worker = new WorkerProcess<Line>(name, options, cache);
  const { code, signal, errors } = await worker.ended;
  if (code !== 0) {
    throw new Error(`worker failed name=${name} code=${code} signal=${signal} errors=${errors}`);
  }
  return worker.lines;
}

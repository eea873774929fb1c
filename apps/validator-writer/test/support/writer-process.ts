import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { SOURCE_ARGUMENTS } from "@foretile/testkit";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** How a process ended: by itself with a code, or by a signal. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** The program in a process of its own, run from source, with `--json`. */
export class WriterProcess implements AsyncDisposable {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Result lines so far, parsed. */
  readonly results: Record<string, unknown>[] = [];
  readonly #end: Promise<ProcessEnd>;
  #wake = Promise.withResolvers<void>();

  constructor(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [...SOURCE_ARGUMENTS, MAIN, ...argv, "--json"], {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    // A killed process takes no more input.
    this.child.stdin.on("error", () => undefined);
    const errors: Buffer[] = [];
    this.child.stderr.on("data", (piece: Buffer) => errors.push(piece));
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      this.results.push(JSON.parse(line) as Record<string, unknown>);
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    });
    this.#end = once(this.child, "close").then(([code, signal]) => {
      this.#wake.resolve();
      return {
        code: code as number | null,
        signal: signal as NodeJS.Signals | null,
        stderr: Buffer.concat(errors).toString("utf8"),
      };
    });
  }

  /** Waits until there are `count` result lines. */
  async resultCount(count: number): Promise<void> {
    while (this.results.length < count) {
      if (this.child.exitCode !== null)
        throw new Error(`ended early: ${(await this.end()).stderr}`);
      await this.#wake.promise;
    }
  }

  /** Writes to its standard input and waits until there is room for more. */
  async write(bytes: Uint8Array | string): Promise<void> {
    if (!this.child.stdin.write(bytes)) await once(this.child.stdin, "drain");
  }

  /** The most memory it had so far, in bytes. */
  async peakMemoryBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.child.pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  end(): Promise<ProcessEnd> {
    return this.#end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.#end;
  }
}

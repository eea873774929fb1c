import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A process that runs one of the `*.worker.ts` files beside this one. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  /** Complete lines of its standard output so far. */
  readonly lines: readonly string[];
  /** Resolves when there are that many lines; never when it ends before. */
  readonly said: (count: number) => Promise<void>;
  /** Resolves when it has ended and all of its output was read. */
  readonly ended: Promise<WorkerEnd>;
}

interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

/** @param wrap a command that runs the rest of its line, such as `prlimit`; default none */
export function startWorker(
  name: string,
  args: readonly string[],
  wrap: readonly string[] = [],
): WorkerProcess {
  const [command = "", ...rest] = [...wrap, ...commandLine(name, args)];
  const child = spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] });

  const lines: string[] = [];
  let partial = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const pieces = (partial + text).split("\n");
    partial = pieces.pop() ?? "";
    lines.push(...pieces);
    child.emit("lines");
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });

  async function said(count: number): Promise<void> {
    while (lines.length < count) await once(child, "lines");
  }

  async function end(): Promise<WorkerEnd> {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return { code, signal, errors };
  }
  return { child, lines, said, ended: end() };
}

/** Runs a worker to its end while this process stands still. */
export function runWorkerNow(name: string, args: readonly string[]): void {
  const [command = "", ...rest] = commandLine(name, args);
  execFileSync(command, rest, { stdio: "inherit" });
}

function commandLine(name: string, args: readonly string[]): readonly string[] {
  const script = fileURLToPath(new URL(`${name}.worker.ts`, import.meta.url));
  return [process.execPath, "--conditions=@foretile/source", script, ...args];
}

/** Runs a worker to its end and gives its lines. */
export async function runWorker(
  name: string,
  args: readonly string[],
  wrap: readonly string[] = [],
): Promise<readonly string[]> {
  const worker = startWorker(name, args, wrap);
  const { code, signal, errors } = await worker.ended;
  if (code !== 0) {
    throw new Error(`worker failed name=${name} code=${code} signal=${signal} errors=${errors}`);
  }
  return worker.lines;
}

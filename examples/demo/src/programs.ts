import { spawn } from "node:child_process";
import { createReadStream, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

/** A program as Node gets it: options of Node, then the file. */
export type ProgramFile = readonly string[];

/** The real programs. */
export interface Programs {
  readonly foretile: ProgramFile;
  readonly writer: ProgramFile;
  readonly scorer: ProgramFile;
}

/** How a program ended. */
export interface FinishedProgram {
  readonly exitCode: number;
  readonly stdout: string;
  readonly seconds: number;
}

export interface RunOptions {
  /** A file for its standard input. */
  readonly inputPath?: string;
  /** Exit codes that are part of the story. Default: 0. */
  readonly expectedCodes?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

/** The programs as they are built, found through their packages. */
export function builtPrograms(): Programs {
  return {
    foretile: binaryOf("@foretile/admin-cli", "foretile"),
    writer: binaryOf("@foretile/validator-writer", "foretile-writer"),
    scorer: binaryOf("@foretile/scorer-reader", "foretile-scorer"),
  };
}

/**
 * Runs a program to its end.
 *
 * @throws an error with what the program said when it ends in another way than expected
 */
export async function runProgram(
  program: ProgramFile,
  args: readonly string[],
  { inputPath, expectedCodes = [0], signal }: RunOptions = {},
): Promise<FinishedProgram> {
  const startMs = performance.now();
  const child = spawn(process.execPath, [...program, ...args], { signal });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? -1));
  });
  // A program that ends early closes its input; how it ended says more than the broken pipe.
  const fed =
    inputPath === undefined
      ? child.stdin.end()
      : pipeline(createReadStream(inputPath), child.stdin).catch(() => undefined);
  const [exitCode] = await Promise.all([ended, fed]);
  if (!expectedCodes.includes(exitCode)) {
    throw new Error(`${args[0] ?? "program"} ended with exit code ${exitCode}\n${stderr()}`);
  }
  return { exitCode, stdout: stdout(), seconds: (performance.now() - startMs) / 1000 };
}

/** The JSON lines that a program printed. */
export function jsonLines<T>({ stdout }: FinishedProgram): T[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const pieces: Buffer[] = [];
  stream.on("data", (piece: Buffer) => pieces.push(piece));
  return () => Buffer.concat(pieces).toString();
}

function binaryOf(packageName: string, program: string): ProgramFile {
  const manifestPath = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifestPath, "utf8")) as {
    readonly bin: Readonly<Record<string, string>>;
  };
  return [join(dirname(manifestPath), bin[program] ?? "")];
}

import { PassThrough } from "node:stream";

import { runMain, type ProgramContext } from "@foretile/app-kit";
import { createInstantClock } from "@foretile/testkit";

import { main } from "../../src/program.ts";

export interface Finished {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

export interface RunOptions {
  /** Whether standard output is a terminal. */
  readonly terminal?: boolean;
  readonly signal?: AbortSignal;
  /** What its clock says, milliseconds. Default 0. */
  readonly nowMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `foretile` in this process. */
export async function runForetile(
  argv: readonly string[],
  { terminal = false, signal = new AbortController().signal, nowMs = 0, env = {} }: RunOptions = {},
): Promise<Finished> {
  const stdout = Object.assign(new PassThrough(), { isTTY: terminal });
  const stderr = new PassThrough();
  const chunks: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  stdout.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
  stderr.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
  const context: ProgramContext = {
    name: "foretile",
    argv,
    env,
    stdin: new PassThrough(),
    stdout,
    stderr,
    signal,
    clock: createInstantClock({ startMs: nowMs }),
    exitCode: 0,
  };
  const exitCode = await runMain(main, context);
  await Promise.all(
    [stdout, stderr].map((stream) => new Promise<void>((done) => stream.end(done))),
  );
  return {
    exitCode,
    output: Buffer.concat(chunks.stdout).toString(),
    errors: Buffer.concat(chunks.stderr).toString(),
  };
}

/** The documents of an output with one a line. */
export function jsonLines(output: string): Record<string, unknown>[] {
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

import { Readable, Writable } from "node:stream";

import { type ProgramContext, runMain } from "@foretile/app-kit";
import { systemClock } from "@foretile/resilience/system";

import { scorerMain } from "../../src/scorer-main.ts";

export interface ProgramRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function collector(): { readonly stream: Writable; readonly text: () => string } {
  let text = "";
  const stream = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      text += piece.toString();
      done();
    },
  });
  return { stream, text: () => text };
}

/** Runs the program inside this process. */
export async function runScorer(
  argv: readonly string[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<ProgramRun> {
  const stdout = collector();
  const stderr = collector();
  const context: ProgramContext = {
    name: "foretile-scorer",
    argv,
    env: {},
    stdin: Readable.from([]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: options.signal ?? new AbortController().signal,
    clock: systemClock,
    exitCode: 0,
  };
  const exitCode = await runMain(scorerMain, context);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** The JSON lines of a run's standard output. */
export function jsonLines(run: ProgramRun): Record<string, unknown>[] {
  return run.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

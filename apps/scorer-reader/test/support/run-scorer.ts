import { Readable, Writable } from "node:stream";

import { type ProgramContext, runMain } from "@foretile/app-kit";
import { systemClock } from "@foretile/resilience/system";
import { createInstantClock } from "@foretile/testkit";

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
  options: {
    readonly signal?: AbortSignal;
    readonly env?: Readonly<Record<string, string>>;
    /** What its clock says, milliseconds. Default: the time. */
    readonly nowMs?: number;
  } = {},
): Promise<ProgramRun> {
  const stdout = collector();
  const stderr = collector();
  const context: ProgramContext = {
    name: "foretile-scorer",
    argv,
    env: options.env ?? {},
    stdin: Readable.from([]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: options.signal ?? new AbortController().signal,
    clock:
      options.nowMs === undefined ? systemClock : createInstantClock({ startMs: options.nowMs }),
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

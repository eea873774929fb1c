import { Readable, Writable } from "node:stream";

import { createPredictions, runMain, type ProgramContext } from "@foretile/app-kit";
import { systemClock } from "@foretile/resilience/system";

import { writerProgram } from "../../src/writer-program.ts";
import { SMALL_LABEL } from "./small-request.ts";

let stores = 0;

/** Makes an empty store in memory with the small label; only this test has its URL. */
export async function memoryStore(): Promise<string> {
  stores += 1;
  const url = `memory:test-${stores}`;
  const opened = await createPredictions(url, { labels: [SMALL_LABEL] });
  await opened[Symbol.asyncDispose]();
  return url;
}

export interface WriterRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunWriterOptions {
  /** Standard input. */
  readonly input?: string | Uint8Array | Readable;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Told of every write to standard output. */
  readonly onStdout?: (text: string) => void;
}

/** Runs the program inside this process to its end. */
export async function runWriter(
  argv: readonly string[],
  options: RunWriterOptions = {},
): Promise<WriterRun> {
  const stdout = collector(options.onStdout);
  const stderr = collector();
  const context: ProgramContext = {
    name: "foretile-writer",
    argv,
    env: options.env ?? {},
    stdin: streamOf(options.input ?? ""),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: options.signal ?? new AbortController().signal,
    clock: systemClock,
    exitCode: 0,
  };
  const exitCode = await runMain(writerProgram, context);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** Runs `ingest --json` over lines and returns its result lines, parsed. */
export async function ingestLines(
  url: string,
  lines: readonly string[],
  ...argv: readonly string[]
): Promise<WriterRun & { readonly results: readonly Record<string, unknown>[] }> {
  const run = await runWriter(["ingest", "--store", url, "--json", ...argv], {
    input: `${lines.join("\n")}\n`,
  });
  const results = run.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { ...run, results };
}

function streamOf(input: string | Uint8Array | Readable): Readable {
  if (input instanceof Readable) return input;
  return Readable.from([Buffer.from(input)], { objectMode: false });
}

function collector(onText?: (text: string) => void): { stream: Writable; text: () => string } {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(piece);
      onText?.(piece.toString("utf8"));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(pieces).toString("utf8") };
}

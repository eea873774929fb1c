import { systemClock } from "@foretile/resilience/system";

import { AppError } from "../failure/app-error.ts";
import { exitCodeOf } from "../failure/describe-error.ts";
import { EXIT } from "../failure/exit-codes.ts";
import { failureReport } from "../failure/failure-report.ts";
import type { OutputStream, ProgramContext } from "./program-context.ts";
import { runMain, type Main } from "./run-main.ts";

/**
 * Runs a program on this machine: the last line of its `start.ts`, which its `main.ts` hands to `launch`.
 *
 * The first SIGINT or SIGTERM aborts the context's signal so that the program can end in order, a second one ends it at
 * once. A reader of the output that goes away ends it quietly. What nobody handled is reported like any other failure.
 */
export async function runProgram(name: string, main: Main): Promise<void> {
  const controller = new AbortController();
  const context: ProgramContext = {
    name,
    argv: process.argv.slice(2),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: controller.signal,
    clock: systemClock,
    exitCode: EXIT.ok,
  };
  onSignals(controller);
  onClosedOutput(process.stdout, controller);
  // Whoever reads the messages may leave; the work goes on.
  process.stderr.on("error", () => undefined);
  onUnhandled(context);
  process.exitCode = await runMain(main, context);
}

function onSignals(controller: AbortController): void {
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(new AppError("interrupted", `interrupted signal=${signal}`));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

function onClosedOutput(stdout: OutputStream, controller: AbortController): void {
  stdout.on("error", (cause: NodeJS.ErrnoException) => {
    if (cause.code === "EPIPE") {
      controller.abort(new AppError("output-closed", "the reader of the output went away"));
    } else {
      controller.abort(cause);
    }
  });
}

function onUnhandled(context: ProgramContext): void {
  const end = (error: unknown): void => {
    const debug = (context.env["FORETILE_DEBUG"] ?? "") !== "";
    context.stderr.write(failureReport(error, { program: context.name, json: false, debug }));
    process.exit(exitCodeOf(error));
  };
  process.on("uncaughtException", end);
  process.on("unhandledRejection", end);
}

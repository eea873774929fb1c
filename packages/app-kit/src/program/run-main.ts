import { AppError, isAppError } from "../failure/app-error.ts";
import { exitCodeOf } from "../failure/describe-error.ts";
import { failureReport } from "../failure/failure-report.ts";
import type { ProgramContext } from "./program-context.ts";

/** A program: reads its arguments from the context, writes to its streams, may return its exit code. */
export type Main = (context: ProgramContext) => Promise<number | void>;

/**
 * Runs a program in a given context. A failure becomes a report on standard error (one JSON line when the arguments ask
 * for `--json`) and an exit code; nothing is thrown.
 *
 * @returns the exit code
 */
export async function runMain(main: Main, context: ProgramContext): Promise<number> {
  try {
    return (await main(context)) ?? context.exitCode;
  } catch (thrown) {
    const error = asInterruption(thrown, context.signal);
    const report = failureReport(error, {
      program: context.name,
      json: wantsJson(context.argv),
      debug: (context.env["FORETILE_DEBUG"] ?? "") !== "",
    });
    if (report !== "") context.stderr.write(report);
    return exitCodeOf(error);
  }
}

/** `--json` anywhere before `--`: it counts even when the arguments are otherwise wrong. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end === -1 ? undefined : end).includes("--json");
}

/** Once the signal is aborted, calls fail in many ways (`aborted`, `AbortError`, the reason); all mean the reason. */
function asInterruption(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted) return error;
  const { reason } = signal as { reason: unknown };
  const cancelled =
    error === reason ||
    (error instanceof Error &&
      (error.name === "AbortError" || ("code" in error && error.code === "aborted")));
  if (!cancelled) return error;
  return isAppError(reason) ? reason : new AppError("interrupted", "interrupted");
}

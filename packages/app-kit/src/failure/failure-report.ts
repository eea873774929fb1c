import { inspect } from "node:util";

import { isAppError } from "./app-error.ts";
import { describeError, type ErrorDescription } from "./describe-error.ts";
import { EXIT } from "./exit-codes.ts";

export interface ReportOptions {
  /** The program's name, in front of the line. */
  readonly program: string;
  /** One JSON line instead of text. */
  readonly json: boolean;
  /** Adds the stack and the causes. */
  readonly debug: boolean;
}

/**
 * The text a program writes to its standard error before it ends: a line and a hint, or with `json` one line
 * `{"error":{"code","type","message","hint","exit_code"}}`. Empty when the reader of the output went away.
 */
export function failureReport(error: unknown, options: ReportOptions): string {
  const description = describeError(error);
  if (description.exitCode === EXIT.outputClosed) return "";
  const stack = options.debug && !isAppError(error) ? inspect(error) : undefined;
  return options.json
    ? jsonReport(description, stack)
    : textReport(description, options.program, stack);
}

function jsonReport(description: ErrorDescription, stack: string | undefined): string {
  const { code, type, message, hint, exitCode } = description;
  return `${JSON.stringify({ error: { code, type, message, hint, exit_code: exitCode, stack } })}\n`;
}

function textReport(
  description: ErrorDescription,
  program: string,
  stack: string | undefined,
): string {
  const lines = [`${program}: ${description.message}`];
  if (description.hint !== undefined) lines.push(`hint: ${description.hint}`);
  if (stack !== undefined) lines.push(stack);
  return `${lines.join("\n")}\n`;
}

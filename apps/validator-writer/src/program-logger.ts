import type { ProgramContext } from "@foretile/app-kit";
import { pino, type Logger } from "pino";

/**
 * The program's log: JSON lines on standard error. Call sites name every field themselves and never log headers, so no
 * token can get in.
 */
export function createProgramLogger(context: ProgramContext): Logger {
  const level = context.env["FORETILE_LOG_LEVEL"] ?? "info";
  return pino(
    { name: context.name, level: level in pino.levels.values ? level : "info" },
    context.stderr,
  );
}

import { CommanderError, type Command } from "commander";

import { AppError } from "../failure/app-error.ts";
import { EXIT, exitCodeHelp } from "../failure/exit-codes.ts";
import { storeUrlForms } from "../store/store-url.ts";
import { ProgramCommand } from "./program-command.ts";
import type { ProgramContext } from "./program-context.ts";

export interface CommandLineOptions {
  readonly description: string;
  readonly version: string;
}

/** The options every command has. `store` is missing when it is not on the command line. */
export interface CommonOptions {
  readonly store?: string;
  readonly json?: boolean;
}

/**
 * The root of a program's commands: `--store` and `--json` before or after any command, the exit codes below the help,
 * help and errors on the context's streams. Add commands and hand it to {@link runCommandLine}.
 */
export function createCommandLine(context: ProgramContext, options: CommandLineOptions): Command {
  return (
    new ProgramCommand(context.name)
      .description(options.description)
      .version(options.version, "-V, --version", "print the version of the program")
      .helpCommand("help [command]", "show help for a command")
      // The program's own options (`--version`) come before the command, so that commands may use the names too.
      .enablePositionalOptions()
      // Inherited by commands that are added with `command(…)`.
      .exitOverride()
      .configureOutput({
        writeOut: (text) => void context.stdout.write(text),
        writeErr: (text) => void context.stderr.write(text),
        // The thrown error says it, in the same form as every other failure.
        outputError: () => undefined,
        getOutHelpWidth: () => helpWidth(context.stdout.columns),
        getErrHelpWidth: () => helpWidth(context.stderr.columns),
        getOutHasColors: () => false,
        getErrHasColors: () => false,
      })
      .addHelpText("after", `\n${exitCodeHelp()}`)
  );
}

/**
 * Runs the command that the context's arguments name.
 *
 * @throws {AppError} `usage` for wrong arguments, with a suggestion where there is one
 */
export async function runCommandLine(program: Command, context: ProgramContext): Promise<void> {
  try {
    await program.parseAsync(context.argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    if (error.code === "commander.help") {
      // No command was named: the help is on standard error already.
      context.exitCode = EXIT.usage;
      return;
    }
    throw usageError(error);
  }
}

/**
 * The store URL of a command: `--store`, else `FORETILE_STORE`.
 *
 * @throws {AppError} `usage` when there is neither
 */
export function storeUrlOf(options: CommonOptions, context: ProgramContext): string {
  const url = options.store ?? context.env["FORETILE_STORE"];
  if (url !== undefined && url !== "") return url;
  throw new AppError("usage", "no store given", {
    hint: `pass --store URL or set FORETILE_STORE; known: ${storeUrlForms()}`,
  });
}

/** Commander's message is `error: TEXT`, with `(Did you mean …?)` on a second line where it has an idea. */
function usageError(error: CommanderError): AppError {
  const [first = "", suggestion] = error.message.split("\n");
  return new AppError("usage", first.replace(/^error: /, "").replace(/\.$/, ""), {
    hint: suggestion?.replace(/^\((.*)\)$/, "$1").toLowerCase() ?? "see --help",
  });
}

function helpWidth(columns: number | undefined): number {
  return columns ?? 100;
}

import { createCommandLine, type ProgramContext, runCommandLine } from "@foretile/app-kit";

import manifest from "../package.json" with { type: "json" };
import { addIngestCommand } from "./commands/ingest-command.ts";
import { addServeCommand } from "./commands/serve-command.ts";

/** The program `foretile-writer`. */
export async function writerProgram(context: ProgramContext): Promise<void> {
  const program = createCommandLine(context, {
    description: "Stores the answers of a request exactly and all at once.",
    version: manifest.version,
  });
  addIngestCommand(program, context);
  addServeCommand(program, context);
  await runCommandLine(program, context);
}

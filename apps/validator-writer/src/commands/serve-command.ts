import type { ProgramContext } from "@foretile/app-kit";
import type { Command } from "commander";

import { TOKEN_VARIABLE } from "../serve/token-variable.ts";
import { wholeNumber } from "./whole-number.ts";
import { addWriterOptions } from "./writer-options.ts";

const MIB = 1024 * 1024;

/** Adds `serve` to the program. */
export function addServeCommand(program: Command, context: ProgramContext): void {
  const command = program
    .command("serve")
    .description("take requests and answers over HTTP")
    .option("--host <host>", "the address to listen on", "127.0.0.1")
    .option(
      "--port <port>",
      "the port to listen on, 0 for any free one",
      wholeNumber(0, 65_535),
      8787,
    )
    .option(
      "--max-body-bytes <bytes>",
      "refuse larger answers, sent or unpacked",
      wholeNumber(1024, 1024 * MIB),
      64 * MIB,
    )
    .option(
      "--max-received-bytes <bytes>",
      "the bytes of all answers received at one time; callers over it come back later",
      wholeNumber(1024, 1024 * MIB),
      128 * MIB,
    )
    .option(
      "--drain-seconds <seconds>",
      "at the end, wait so long for calls under way",
      wholeNumber(0, 3600),
      30,
    )
    .addHelpText(
      "after",
      `\nWith a token in ${TOKEN_VARIABLE} every call has to bring it as a bearer token. Without\none only loopback addresses are allowed.`,
    );
  addWriterOptions(command).action(async () => {
    // Loaded here: what a server needs takes longer to load than all that the other command needs.
    const { runServe } = await import("./run-serve.ts");
    await runServe(command.optsWithGlobals(), context);
  });
}

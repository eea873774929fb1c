import {
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { Command } from "commander";

import { countOf } from "../../output/count-of.ts";
import { examples } from "../../output/examples.ts";
import { printable } from "../../output/printable.ts";

/** `symbol undelete`: takes a deletion back. */
export function addSymbolUndeleteCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("undelete")
    .description("take the deletion of a symbol back, with all its versions")
    .argument("<symbol>", "as symbol list --deleted prints it")
    .action((symbol: string, _options: unknown, command: Command) =>
      runSymbolUndelete(symbol, command.optsWithGlobals<CommonOptions>(), context),
    )
    .addHelpText(
      "after",
      examples(["--store lmdb:./forecasts symbol undelete request/low/BTC#1512475200"]),
    );
}

async function runSymbolUndelete(
  symbol: string,
  options: CommonOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "write", { signal });
  const { version, restored } = await opened.library.undelete(symbol, { signal });
  if (options.json === true) {
    await writeJsonLine(stdout, { symbol, version, restored_versions: restored });
    return;
  }
  await writeText(
    stdout,
    `took ${printable(symbol)} back: ${countOf(restored, "version")}, the newest is ${version}\n`,
  );
}

import {
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type ProgramContext,
} from "@foretile/app-kit";
import type { Command } from "commander";

import { wholeFrom } from "../../arguments/parse-whole.ts";
import { examples } from "../../output/examples.ts";
import { openTraceSet } from "../../trace/trace-set.ts";
import { addSetOption, type SetOptions } from "./trace-options.ts";

/** `trace undelete`: takes the deletion of a tile back. */
export function addTraceUndeleteCommand(parent: Command, context: ProgramContext): void {
  addSetOption(parent.command("undelete"))
    .description("take the deletion of a tile back, until a collection took it")
    .argument("<tile>", "its number, as trace expire told it", wholeFrom(0))
    .action((tile: number, _options: unknown, command: Command) =>
      runTraceUndelete(tile, command.optsWithGlobals<SetOptions>(), context),
    )
    .addHelpText("after", examples(["--store lmdb:./forecasts trace undelete 17505"]));
}

async function runTraceUndelete(
  tile: number,
  options: SetOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "write", { signal });
  const { store } = await openTraceSet(opened.library, options.set, signal);
  await store.undeleteTile(tile, { signal });
  if (options.json === true) await writeJsonLine(stdout, { set: options.set, tile });
  else await writeText(stdout, `took tile ${tile} of ${options.set} back\n`);
}

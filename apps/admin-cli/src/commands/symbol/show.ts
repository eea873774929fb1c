import {
  formatCount,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { Library } from "@foretile/version-store";
import type { Command } from "commander";

import { examples } from "../../output/examples.ts";
import { formatFields } from "../../output/format-fields.ts";
import { printable } from "../../output/printable.ts";
import { infoDocument, infoFields } from "../../output/version-info.ts";

/** `symbol show`: a symbol's newest version and how many there are. */
export function addSymbolShowCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("show")
    .description("show a symbol: its newest version and how many there are")
    .argument("<symbol>", "as symbol list prints it")
    .action((symbol: string, _options: unknown, command: Command) =>
      runSymbolShow(symbol, command.optsWithGlobals<CommonOptions>(), context),
    )
    .addHelpText(
      "after",
      examples(["--store lmdb:./forecasts symbol show request/low/BTC#1512475200"]),
    );
}

async function runSymbolShow(
  symbol: string,
  options: CommonOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const info = await opened.library.getInfo(symbol, { signal });
  const versions = await countVersions(opened.library, symbol, signal);
  if (options.json === true) {
    await writeJsonLine(stdout, { ...infoDocument(info), versions });
    return;
  }
  const fields = [...infoFields(info), ["versions", formatCount(versions)] as const];
  await writeText(stdout, formatFields(printable(symbol), fields));
}

async function countVersions(
  library: Library,
  symbol: string,
  signal: AbortSignal,
): Promise<number> {
  let versions = 0;
  for await (const batch of library.listVersions(symbol, { skipSnapshots: true, signal })) {
    versions += batch.filter(({ deleted }) => !deleted).length;
  }
  return versions;
}

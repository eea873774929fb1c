import { writeJsonLine, writeText, type ProgramContext } from "@foretile/app-kit";
import type { Command } from "commander";

import { examples } from "../../output/examples.ts";
import {
  addCatalogOption,
  openCatalogOfStore,
  type CatalogCommandOptions,
} from "./catalog-command.ts";

/** `catalog init`: makes a catalog for the store. */
export function addCatalogInitCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("init")
    .description("make the catalog of a store; one that is there stays as it is");
  addCatalogOption(command)
    .action((_options: unknown, self: Command) =>
      runCatalogInit(self.optsWithGlobals<CatalogCommandOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        "\nIn the database of a validator, tables are added beside its own, which stay as they are.",
        examples([
          "--store lmdb:./forecasts catalog init --catalog store",
          "--store lmdb:./forecasts catalog init --catalog postgresql://foretile@localhost:5432/synth",
        ]),
      ].join("\n"),
    );
}

async function runCatalogInit(
  options: CatalogCommandOptions,
  context: ProgramContext,
): Promise<void> {
  await using opened = await openCatalogOfStore(options, "create", context);
  const miners = await opened.catalog.currentMiners({ signal: context.signal });
  await (options.json === true
    ? writeJsonLine(context.stdout, { miners: miners.length })
    : writeText(context.stdout, `the catalog is there and knows ${miners.length} miners\n`));
}

import { formatTable, writeJsonLine, writeText, type ProgramContext } from "@foretile/app-kit";
import type { Command } from "commander";

import { readIdentityFile } from "../../arguments/read-identity-file.ts";
import { examples } from "../../output/examples.ts";
import { printable } from "../../output/printable.ts";
import {
  addCatalogOption,
  openCatalogOfStore,
  type CatalogCommandOptions,
} from "./catalog-command.ts";

interface CatalogMinersOptions extends CatalogCommandOptions {
  readonly register?: string;
}

/** `catalog miners`: who holds which slot, and under which id their answers are kept. */
export function addCatalogMinersCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("miners")
    .description("list the miners that hold slots, or register others")
    .option(
      "--register <file>",
      'first register those of a JSON file: [{"uid","coldkey","hotkey"}]',
    );
  addCatalogOption(command)
    .action((_options: unknown, self: Command) =>
      runCatalogMiners(self.optsWithGlobals<CatalogMinersOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts catalog miners --catalog store",
        "--store lmdb:./forecasts catalog miners --catalog store --register miners.json",
      ]),
    );
}

async function runCatalogMiners(
  options: CatalogMinersOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  const { register: path } = options;
  const identities = path === undefined ? [] : await readIdentityFile(path);
  const mode = path === undefined ? "read" : "write";
  await using opened = await openCatalogOfStore(options, mode, context);
  const { catalog } = opened;
  if (identities.length > 0) await catalog.registerMiners(identities, { signal });
  const miners = await catalog.currentMiners({ signal });
  if (options.json === true) {
    for (const { id, ...identity } of miners) await writeJsonLine(stdout, { id, ...identity });
    return;
  }
  const rows = miners.map(({ id, uid, hotkey, coldkey }) => [
    `${id}`,
    `${uid}`,
    printable(hotkey),
    printable(coldkey),
  ]);
  await writeText(stdout, formatTable(columns, rows));
}

const columns = [
  { title: "MINER", align: "right" },
  { title: "UID", align: "right" },
  { title: "HOTKEY" },
  { title: "COLDKEY" },
] as const;

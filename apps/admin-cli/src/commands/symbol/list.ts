import {
  formatTable,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { Command } from "commander";

import { parsePattern } from "../../arguments/parse-pattern.ts";
import { examples } from "../../output/examples.ts";
import { printable } from "../../output/printable.ts";
import { tellDamaged } from "../../output/tell-damaged.ts";
import { entryColumns, entryDocument, entryRow } from "../../output/version-entry.ts";

interface SymbolListOptions extends CommonOptions {
  readonly prefix?: string;
  readonly regex?: RegExp;
  readonly snapshot?: string;
  readonly deleted?: boolean;
}

/** `symbol list`: symbols with their newest version, or with the one that a snapshot pins. */
export function addSymbolListCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("list")
    .description("list the symbols, each with its newest version")
    .option("--prefix <prefix>", "only names that start with this")
    .option("--regex <pattern>", "only names in which this is found", parsePattern)
    .option("--snapshot <name>", "what this snapshot pins instead")
    .option("--deleted", "deleted symbols too")
    .action((_options: unknown, command: Command) =>
      runSymbolList(command.optsWithGlobals<SymbolListOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts symbol list --prefix request/low/",
        "--store lmdb:./forecasts symbol list --regex '/BTC#' --json",
        "--store lmdb:./forecasts symbol list --snapshot 2026-01",
      ]),
    );
}

async function runSymbolList(options: SymbolListOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout } = context;
  const { prefix, regex, snapshot, deleted: includeDeleted } = options;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const rows: string[][] = [];
  const wanted = { prefix, regex, snapshot, includeDeleted, signal };
  for await (const batch of opened.library.listSymbols(wanted)) {
    for (const entry of batch) {
      if (entry.symbol === undefined) {
        tellDamaged(context, "a symbol", entry.error);
      } else if (options.json === true) {
        await writeJsonLine(stdout, { symbol: entry.symbol, ...entryDocument(entry.newest) });
      } else {
        rows.push([printable(entry.symbol), ...entryRow(entry.newest)]);
      }
    }
  }
  if (options.json === true) return;
  const columns = [{ title: "SYMBOL" }, ...entryColumns];
  await writeText(stdout, rows.length === 0 ? "no symbols\n" : formatTable(columns, rows));
}

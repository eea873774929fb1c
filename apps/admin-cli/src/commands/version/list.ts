import {
  AppError,
  formatTable,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { Command } from "commander";

import { wholeFrom } from "../../arguments/parse-whole.ts";
import { examples } from "../../output/examples.ts";
import { printable } from "../../output/printable.ts";
import { entryColumns, entryDocument, entryRow, wordsCell } from "../../output/version-entry.ts";

interface VersionListOptions extends CommonOptions {
  readonly limit?: number;
  readonly before?: number;
}

/** `version list`: the versions of a symbol, newest first. */
export function addVersionListCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("list")
    .description("list the versions of a symbol, newest first, and the snapshots that pin them")
    .argument("<symbol>", "as symbol list prints it")
    .option("--limit <number>", "at most so many", wholeFrom(1))
    .option("--before <version>", "only versions below this one", wholeFrom(1))
    .action((symbol: string, _options: unknown, command: Command) =>
      runVersionList(symbol, command.optsWithGlobals<VersionListOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts version list request/low/BTC#1512475200",
        "--store lmdb:./forecasts version list labels --limit 20 --before 80 --json",
      ]),
    );
}

async function runVersionList(
  symbol: string,
  options: VersionListOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  const { limit, before, json } = options;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  let count = 0;
  const rows: string[][] = [];
  for await (const batch of opened.library.listVersions(symbol, { limit, before, signal })) {
    count += batch.length;
    for (const entry of batch) {
      const { snapshots, user, message } = entry;
      if (json === true) {
        await writeJsonLine(stdout, { symbol, ...entryDocument(entry), snapshots });
      } else {
        const names = snapshots.length === 0 ? "-" : snapshots.map(printable).join(" ");
        rows.push([...entryRow(entry), names, wordsCell(user), wordsCell(message)]);
      }
    }
  }
  if (count === 0) throw noVersions(symbol, before);
  if (json !== true) await writeText(stdout, formatTable(columns, rows));
}

const columns = [
  ...entryColumns,
  { title: "SNAPSHOTS" },
  { title: "USER" },
  { title: "MESSAGE" },
] as const;

function noVersions(symbol: string, before: number | undefined): AppError {
  const limit = before === undefined ? "" : ` before=${before}`;
  const name = JSON.stringify(printable(symbol));
  return new AppError("not-found", `no versions of that symbol symbol=${name}${limit}`, {
    hint: "see what there is with: foretile --store URL symbol list --deleted",
  });
}

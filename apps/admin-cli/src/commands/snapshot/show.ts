import {
  formatTable,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { SnapshotInfo } from "@foretile/version-store";
import type { Command } from "commander";

import { findSnapshot } from "../../lookup/find-snapshot.ts";
import { examples } from "../../output/examples.ts";
import { formatFields } from "../../output/format-fields.ts";
import { jsonValue } from "../../output/json-value.ts";
import { printable } from "../../output/printable.ts";
import { snapshotDocument } from "../../output/snapshot.ts";
import { entryColumns, entryDocument, entryRow } from "../../output/version-entry.ts";

/** `snapshot show`: a snapshot and every version it pins. */
export function addSnapshotShowCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("show")
    .description("show a snapshot and every version it pins")
    .argument("<name>", "as snapshot list prints it")
    .action((name: string, _options: unknown, command: Command) =>
      runSnapshotShow(name, command.optsWithGlobals<CommonOptions>(), context),
    )
    .addHelpText("after", examples(["--store lmdb:./forecasts snapshot show 2026-01"]));
}

async function runSnapshotShow(
  name: string,
  options: CommonOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const { library } = opened;
  const info = await findSnapshot(library, name, signal);
  if (options.json === true) {
    await writeJsonLine(stdout, { type: "snapshot", ...snapshotDocument(info) });
  }
  const rows: string[][] = [];
  for await (const batch of library.listSnapshotSymbols(name, { signal })) {
    for (const { symbol, entry } of batch) {
      if (options.json === true) {
        await writeJsonLine(stdout, { type: "pin", symbol, ...entryDocument(entry) });
      } else {
        rows.push([printable(symbol), ...entryRow(entry)]);
      }
    }
  }
  if (options.json === true) return;
  const columns = [{ title: "SYMBOL" }, ...entryColumns];
  const pins = rows.length === 0 ? "no symbols\n" : formatTable(columns, rows);
  await writeText(stdout, `${factsText(info)}\n${pins}`);
}

function factsText({ name, createdAtMs, immutable, metadata }: SnapshotInfo): string {
  return formatFields(printable(name), [
    ["created", new Date(createdAtMs).toISOString()],
    ["immutable", immutable ? "yes" : "no"],
    ["metadata", metadata === null ? "none" : printable(JSON.stringify(jsonValue(metadata)))],
  ]);
}

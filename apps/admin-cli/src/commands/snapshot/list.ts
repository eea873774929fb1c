import {
  formatCount,
  formatTable,
  formatUtc,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { SnapshotInfo } from "@foretile/version-store";
import type { Command } from "commander";

import { examples } from "../../output/examples.ts";
import { jsonValue } from "../../output/json-value.ts";
import { printable } from "../../output/printable.ts";
import { snapshotDocument } from "../../output/snapshot.ts";
import { tellDamaged } from "../../output/tell-damaged.ts";

/** `snapshot list`: every snapshot. */
export function addSnapshotListCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("list")
    .description("list the snapshots")
    .action((_options: unknown, command: Command) =>
      runSnapshotList(command.optsWithGlobals<CommonOptions>(), context),
    )
    .addHelpText("after", examples(["--store lmdb:./forecasts snapshot list"]));
}

async function runSnapshotList(options: CommonOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const rows: string[][] = [];
  for await (const batch of opened.library.listSnapshots({ signal })) {
    for (const entry of batch) {
      if (entry.name === undefined) tellDamaged(context, "a snapshot", entry.error);
      else if (options.json === true) await writeJsonLine(stdout, snapshotDocument(entry));
      else rows.push(snapshotRow(entry));
    }
  }
  if (options.json === true) return;
  await writeText(stdout, rows.length === 0 ? "no snapshots\n" : formatTable(columns, rows));
}

const columns = [
  { title: "NAME" },
  { title: "CREATED" },
  { title: "SYMBOLS", align: "right" },
  { title: "IMMUTABLE" },
  { title: "METADATA" },
] as const;

function snapshotRow(info: SnapshotInfo): string[] {
  const { name, createdAtMs, symbolCount, immutable, metadata } = info;
  return [
    printable(name),
    formatUtc(Math.floor(createdAtMs / 1000)),
    formatCount(symbolCount),
    immutable ? "yes" : "no",
    metadata === null ? "-" : printable(JSON.stringify(jsonValue(metadata))),
  ];
}

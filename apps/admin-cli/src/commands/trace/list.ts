import {
  formatTable,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import { listTraceSets } from "@foretile/trace-store";
import type { Command } from "commander";

import { examples } from "../../output/examples.ts";

/** `trace list`: which sets there are. */
export function addTraceListCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("list")
    .description("list the trace sets of the library, and what each was made with")
    .action((_options: unknown, command: Command) =>
      runTraceList(command.optsWithGlobals<CommonOptions>(), context),
    )
    .addHelpText("after", examples(["--store lmdb:./forecasts trace list"]));
}

async function runTraceList(options: CommonOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const rows: string[][] = [];
  for await (const { set, valueType, tileSize } of listTraceSets(opened.library, { signal })) {
    if (options.json === true) {
      await writeJsonLine(stdout, { set, value_type: valueType, tile_size: tileSize });
    } else {
      rows.push([set, valueType, tileSize.toString()]);
    }
  }
  if (options.json === true) return;
  await writeText(stdout, rows.length === 0 ? "no trace sets\n" : formatTable(columns, rows));
}

const columns = [
  { title: "SET" },
  { title: "VALUES" },
  { title: "TILE SIZE", align: "right" },
] as const;

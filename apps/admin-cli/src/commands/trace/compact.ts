import {
  createProgress,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type ProgramContext,
} from "@foretile/app-kit";
import type { Command } from "commander";

import { countOf } from "../../output/count-of.ts";
import { examples } from "../../output/examples.ts";
import { openTraceSet, rangeOf } from "../../trace/trace-set.ts";
import { addRangeOptions, addSetOption, type RangeOptions } from "./trace-options.ts";

/** `trace compact`: makes one run of all that a tile consists of. */
export function addTraceCompactCommand(parent: Command, context: ProgramContext): void {
  addRangeOptions(addSetOption(parent.command("compact")))
    .description("merge the runs of tiles, so that they are read with fewer requests")
    .action((_options: unknown, command: Command) =>
      runTraceCompact(command.optsWithGlobals<RangeOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts trace compact --to 2017-12-05",
        "--store lmdb:./forecasts trace compact --set digests",
      ]),
    );
}

async function runTraceCompact(options: RangeOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout, stderr, clock } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "write", { signal });
  const set = await openTraceSet(opened.library, options.set, signal);
  using progress = createProgress(stderr, { label: "compact", unit: "tiles", clock });
  let [tiles, compacted, runs] = [0, 0, 0];
  for await (const summary of set.store.listTiles({ ...rangeOf(set, options), signal })) {
    tiles += 1;
    progress.update(tiles);
    if (summary.runs < 2) continue;
    await set.store.compactTile(summary.tile, { signal });
    compacted += 1;
    runs += summary.runs;
  }
  progress.clear();
  if (options.json === true) {
    await writeJsonLine(stdout, { set: options.set, tiles, compacted, merged_runs: runs });
    return;
  }
  const merged = `merged ${countOf(runs, "run")} of ${countOf(compacted, "tile")}`;
  await writeText(stdout, `looked at ${countOf(tiles, "tile")}, ${merged}\n`);
}

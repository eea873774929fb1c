import {
  AppError,
  createProgress,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type ProgramContext,
} from "@foretile/app-kit";
import { POINT } from "@foretile/trace-store";
import type { Command } from "commander";

import { addCommitWords, type CommitWords } from "../../arguments/commit-words.ts";
import { parseTraceQuery } from "../../arguments/parse-trace-query.ts";
import { countOf } from "../../output/count-of.ts";
import { NOTHING_CHANGED, YES_HELP } from "../../output/dry-run.ts";
import { examples } from "../../output/examples.ts";
import { pointsOf } from "../../trace/each-point.ts";
import { openTraceSet, rangeOf } from "../../trace/trace-set.ts";
import { addRangeOptions, addSetOption, type RangeOptions } from "./trace-options.ts";

interface DeleteOptions extends RangeOptions, CommitWords {
  readonly yes?: boolean;
}

/** `trace delete`: takes series out of a set, or what they have in a range. */
export function addTraceDeleteCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("delete")
    .description("delete the points of series; earlier versions of the tiles still have them")
    .argument("<conditions...>", "which series: asset=BTC,label=low; there must be one at least")
    .option("--yes", YES_HELP);
  addCommitWords(addRangeOptions(addSetOption(command)))
    .action((conditions: readonly string[], _options: unknown, self: Command) =>
      runTraceDelete(conditions, self.optsWithGlobals<DeleteOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts trace delete miner=1012",
        "--store lmdb:./forecasts trace delete label=test --to 2017-12-01 --yes --user ops",
      ]),
    );
}

async function runTraceDelete(
  conditions: readonly string[],
  options: DeleteOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout, stderr, clock } = context;
  const { yes = false, user, message } = options;
  const where = parseTraceQuery(conditions);
  if (Object.keys(where).length === 0) {
    throw new AppError("usage", "there are no conditions on what to delete", {
      hint: "delete whole tiles with: foretile --store URL trace expire --before PLACE",
    });
  }
  const access = yes ? "write" : "read";
  await using opened = await openPredictions(storeUrlOf(options, context), access, { signal });
  const set = await openTraceSet(opened.library, options.set, signal);
  const range = rangeOf(set, options);
  const series = new Set<string>();
  const tiles = new Set<number>();
  let points = 0;
  using progress = createProgress(stderr, { label: "traces", unit: "points", clock });
  for await (const block of set.store.query(where, { ...range, signal })) {
    for (const { id, state } of pointsOf(set, block)) {
      if (state === POINT.deleted) continue;
      points += 1;
      series.add(id);
      tiles.add(block.tile);
    }
    progress.update(points);
  }
  progress.clear();
  if (yes) await set.store.deleteTraces(where, { ...range, user, message, signal });
  const { size: tileCount } = tiles;
  if (options.json === true) {
    const counts = { series: series.size, points, tiles: tileCount };
    await writeJsonLine(stdout, { dry_run: !yes, set: options.set, ...counts });
    return;
  }
  const what = `${countOf(points, "point")} of ${series.size} series in ${countOf(tileCount, "tile")}`;
  await writeText(stdout, yes ? `deleted ${what}\n` : `would delete ${what}\n${NOTHING_CHANGED}`);
}

import {
  AppError,
  formatBytes,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type ProgramContext,
} from "@foretile/app-kit";
import type { TileSummary } from "@foretile/trace-store";
import type { Command } from "commander";

import { addCommitWords, type CommitWords } from "../../arguments/commit-words.ts";
import { parseDuration } from "../../arguments/parse-duration.ts";
import { parseTracePlace, type TracePlace } from "../../arguments/parse-trace-place.ts";
import { countOf } from "../../output/count-of.ts";
import { NOTHING_CHANGED, YES_HELP } from "../../output/dry-run.ts";
import { examples } from "../../output/examples.ts";
import { openTraceSet, placeText, positionOf, type TraceSet } from "../../trace/trace-set.ts";
import { addSetOption, type SetOptions } from "./trace-options.ts";

interface ExpireOptions extends SetOptions, CommitWords {
  readonly before?: TracePlace;
  readonly olderThan?: number;
  readonly yes?: boolean;
}

/** `trace expire`: deletes old tiles. */
export function addTraceExpireCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("expire")
    .description("delete the tiles that lie wholly before a place; trace undelete takes one back")
    .option("--before <place>", "a position, or a time (ISO 8601)", parseTracePlace)
    .option("--older-than <duration>", "instead of --before: 90d", parseDuration)
    .option("--yes", YES_HELP);
  addCommitWords(addSetOption(command))
    .action((_options: unknown, self: Command) =>
      runTraceExpire(self.optsWithGlobals<ExpireOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts trace expire --older-than 90d",
        "--store lmdb:./forecasts trace expire --set digests --before 2017-12-01 --yes",
      ]),
    );
}

async function runTraceExpire(options: ExpireOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout } = context;
  const { yes = false, user, message } = options;
  const place = placeOf(options, context);
  const access = yes ? "write" : "read";
  await using opened = await openPredictions(storeUrlOf(options, context), access, { signal });
  const set = await openTraceSet(opened.library, options.set, signal);
  const before = positionOf(set, place);
  const tiles: TileSummary[] = [];
  for await (const tile of set.store.listTiles({ from: 0, to: before, signal })) {
    if (tile.to <= before) tiles.push(tile);
  }
  if (yes) await set.store.deleteTilesBefore(before, { user, message, signal });
  if (options.json === true) {
    for (const { tile, from, to, storedBytes } of tiles) {
      const facts = { tile, from, to, stored_bytes: storedBytes };
      await writeJsonLine(stdout, { dry_run: !yes, set: options.set, ...facts });
    }
    return;
  }
  await writeText(stdout, expireText(set, tiles, yes));
}

/** @throws {AppError} `usage` unless there is exactly one of both options */
function placeOf({ before, olderThan }: ExpireOptions, { clock }: ProgramContext): TracePlace {
  if ((before === undefined) === (olderThan === undefined)) {
    throw new AppError("usage", "give either --before or --older-than");
  }
  if (before !== undefined) return before;
  const unixSeconds = Math.max(0, Math.floor((clock.nowMs() - (olderThan ?? 0)) / 1000));
  return { unixSeconds, text: "--older-than" };
}

function expireText(set: TraceSet, tiles: readonly TileSummary[], done: boolean): string {
  const lines = tiles.map(
    ({ tile, from, to, storedBytes }) =>
      `${done ? "deleted" : "would delete"} tile ${tile}, ${placeText(set, from)} to ${placeText(set, to)}: ${formatBytes(storedBytes)}\n`,
  );
  const end = done ? `deleted ${countOf(tiles.length, "tile")}\n` : NOTHING_CHANGED;
  return lines.length === 0 ? "no tiles are that old\n" : lines.join("") + end;
}

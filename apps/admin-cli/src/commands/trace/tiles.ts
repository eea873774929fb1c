import {
  formatBytes,
  formatTable,
  formatUtc,
  writeJsonLine,
  writeText,
  type ProgramContext,
} from "@foretile/app-kit";
import type { TileSummary } from "@foretile/trace-store";
import { Option, type Command } from "commander";

import { parseSetAsOf, SET_AS_OF_HELP } from "../../arguments/parse-set-as-of.ts";
import { examples } from "../../output/examples.ts";
import { placeText, type TraceSet } from "../../trace/trace-set.ts";
import {
  addRangeOptions,
  addSetOption,
  withTraces,
  type TraceReadOptions,
} from "./trace-options.ts";

/** `trace tiles`: what a set consists of. */
export function addTraceTilesCommand(parent: Command, context: ProgramContext): void {
  addRangeOptions(addSetOption(parent.command("tiles")))
    .description("list the tiles of a set, newest first: a tile of scores or digests is a day")
    .addOption(new Option("--as-of <state>", SET_AS_OF_HELP).argParser(parseSetAsOf))
    .action((_options: unknown, command: Command) =>
      runTraceTiles(command.optsWithGlobals<TraceReadOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts trace tiles",
        "--store lmdb:./forecasts trace tiles --set digests --from 2017-12-01 --json",
      ]),
    );
}

async function runTraceTiles(options: TraceReadOptions, context: ProgramContext): Promise<void> {
  const { stdout } = context;
  await withTraces([], options, context, async ({ set, range, ...reading }) => {
    const rows: string[][] = [];
    for await (const tile of set.store.listTiles({ ...range, ...reading.options })) {
      if (options.json === true) await writeJsonLine(stdout, tileDocument(set, tile));
      else rows.push(tileRow(set, tile));
    }
    if (options.json === true) return;
    await writeText(stdout, rows.length === 0 ? "no tiles\n" : formatTable(columns, rows));
  });
}

const columns = [
  { title: "TILE", align: "right" },
  { title: "FROM" },
  { title: "TO" },
  { title: "VERSION", align: "right" },
  { title: "COMMITTED" },
  { title: "POSITIONS", align: "right" },
  { title: "POINTS", align: "right" },
  { title: "RUNS", align: "right" },
  { title: "STORED", align: "right" },
] as const;

function tileRow(set: TraceSet, tile: TileSummary): string[] {
  return [
    tile.tile.toString(),
    placeText(set, tile.from),
    placeText(set, tile.to),
    tile.version.toString(),
    formatUtc(Math.floor(tile.committedAtMs / 1000)),
    tile.positions.length.toString(),
    tile.points.toString(),
    tile.runs.toString(),
    formatBytes(tile.storedBytes),
  ];
}

function tileDocument(set: TraceSet, tile: TileSummary): Record<string, unknown> {
  return {
    set: set.store.config.set,
    tile: tile.tile,
    from: tile.from,
    to: tile.to,
    ...(set.isTimed
      ? { from_time: placeText(set, tile.from), to_time: placeText(set, tile.to) }
      : {}),
    version: tile.version,
    committed_at: new Date(tile.committedAtMs).toISOString(),
    positions: tile.positions.length,
    points: tile.points,
    runs: tile.runs,
    stored_bytes: tile.storedBytes,
  };
}

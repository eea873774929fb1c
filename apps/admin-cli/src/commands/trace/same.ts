import { writeJsonLine, writeText, type ProgramContext } from "@foretile/app-kit";
import { decodeTraceId } from "@foretile/keyspace";
import { DIGEST_TRACES } from "@foretile/prediction-store/traces";
import type { SameValue } from "@foretile/trace-store";
import { Option, type Command } from "commander";

import { parseSetAsOf, SET_AS_OF_HELP } from "../../arguments/parse-set-as-of.ts";
import { parseTracePlace, type TracePlace } from "../../arguments/parse-trace-place.ts";
import { CONDITIONS_HELP } from "../../arguments/parse-trace-query.ts";
import { wholeFrom } from "../../arguments/parse-whole.ts";
import { examples } from "../../output/examples.ts";
import { valueAt, valueJson, valueText } from "../../trace/point-value.ts";
import { placeText, pointPlace, positionOf, type TraceSet } from "../../trace/trace-set.ts";
import { traceText } from "../../trace/trace-text.ts";
import { addSetOption, withTraces, type TraceReadOptions } from "./trace-options.ts";

interface SameOptions extends Omit<TraceReadOptions, "from" | "to"> {
  readonly at?: TracePlace;
  readonly last: number;
}

/** `trace same`: who sent the same. */
export function addTraceSameCommand(parent: Command, context: ProgramContext): void {
  const command = parent.command("same").argument("[conditions...]", CONDITIONS_HELP);
  addSetOption(command, DIGEST_TRACES)
    .description("find series with the very same value at a position: miners who send one tile")
    .option("--at <place>", "at this position or time (default: the newest)", parseTracePlace)
    .option("--last <count>", "at so many of the newest positions with data", wholeFrom(1), 1)
    .addOption(new Option("--as-of <state>", SET_AS_OF_HELP).argParser(parseSetAsOf))
    .action((conditions: readonly string[], _options: unknown, self: Command) =>
      runTraceSame(conditions, self.optsWithGlobals<SameOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts trace same",
        "--store lmdb:./forecasts trace same label=low,asset=BTC --last 24",
        "--store lmdb:./forecasts trace same --at 2017-12-05T12:00 --json",
      ]),
    );
}

async function runTraceSame(
  conditions: readonly string[],
  options: SameOptions,
  context: ProgramContext,
): Promise<void> {
  await withTraces(conditions, options, context, async ({ set, where, ...reading }) => {
    const { at } = options;
    const positions =
      at === undefined
        ? await set.store.densePositions(options.last, reading.options)
        : [positionOf(set, at)];
    for (const position of positions) {
      const groups = await set.store.same(position, { where, ...reading.options });
      reading.progress.update(position);
      await writeGroups(set, position, groups, options, context);
    }
    if (positions.length === 0 && options.json !== true) {
      await writeText(context.stdout, "no points\n");
    }
  });
}

async function writeGroups(
  set: TraceSet,
  position: number,
  groups: readonly SameValue[],
  { json }: SameOptions,
  { stdout }: ProgramContext,
): Promise<void> {
  if (json === true) {
    for (const { value, ids } of groups) {
      await writeJsonLine(stdout, {
        set: set.store.config.set,
        ...pointPlace(set, position, {}),
        value: valueJson(valueAt(set.store, value, 0)),
        series: ids.map(decodeTraceId),
      });
    }
    return;
  }
  const place = placeText(set, position);
  const lines = groups.flatMap(({ value, ids }) => [
    `${place}  ${ids.length} series have ${valueText(valueAt(set.store, value, 0))}`,
    ...ids.map((id) => `  ${traceText(id)}`),
  ]);
  if (groups.length === 0) lines.push(`${place}  all different`);
  await writeText(stdout, `${lines.join("\n")}\n`);
}

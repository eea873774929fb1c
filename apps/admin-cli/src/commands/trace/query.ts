import type { ProgramContext } from "@foretile/app-kit";
import type { Command } from "commander";

import { examples } from "../../output/examples.ts";
import { pointsOf, type FoundPoint } from "../../trace/each-point.ts";
import { LineWriter } from "../../trace/line-writer.ts";
import { stateNames, valueJson, valueText } from "../../trace/point-value.ts";
import { placeText, pointPlace, type TraceSet } from "../../trace/trace-set.ts";
import { traceText } from "../../trace/trace-text.ts";
import { addReadOptions, withTraces, type TraceReadOptions } from "./trace-options.ts";

/** `trace query`: the points of series, as they are found. */
export function addTraceQueryCommand(parent: Command, context: ProgramContext): void {
  addReadOptions(parent.command("query"))
    .description("print the points of series, oldest day first")
    .action((conditions: readonly string[], _options: unknown, command: Command) =>
      runTraceQuery(conditions, command.optsWithGlobals<TraceReadOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts trace query asset=BTC,label=low,field=crps",
        "--store lmdb:./forecasts trace query 'asset=BTC|ETH,field=interval,interval=5min' --json",
        "--store lmdb:./forecasts trace query field=crps 'miner=~^10[0-9]{2}$' --from 2017-12-05 --to 2017-12-06",
        "--store lmdb:./forecasts trace query --set digests miner=1012",
      ]),
    );
}

async function runTraceQuery(
  conditions: readonly string[],
  options: TraceReadOptions,
  context: ProgramContext,
): Promise<void> {
  await withTraces(conditions, options, context, async ({ set, where, range, ...reading }) => {
    const { progress } = reading;
    const lines = new LineWriter(context.stdout, progress);
    const textOf = options.json === true ? jsonLine : tableLine;
    let points = 0;
    for await (const block of set.store.query(where, { ...range, ...reading.options })) {
      for (const point of pointsOf(set, block)) {
        if (points === 0 && options.json !== true) await lines.line(titles(set));
        points += 1;
        await lines.line(textOf(set, point));
      }
      progress.update(points);
    }
    if (points === 0 && options.json !== true) await lines.line("no points");
    await lines.flush();
  });
}

function jsonLine(set: TraceSet, { params, position, state, value }: FoundPoint): string {
  return JSON.stringify({
    set: set.store.config.set,
    params,
    ...pointPlace(set, position, params),
    state: stateNames[state],
    value: value === undefined ? null : valueJson(value),
  });
}

/** Columns have one width from the first line on: nothing is held back. */
function tableLine(set: TraceSet, { id, params, position, state, value }: FoundPoint): string {
  const { time = placeText(set, position) } = pointPlace(set, position, params);
  const cell = value === undefined ? (stateNames[state] ?? "") : valueText(value);
  return row(set, time, cell, traceText(id));
}

function titles(set: TraceSet): string {
  return row(set, set.isTimed ? "TIME" : "POSITION", "VALUE", "SERIES");
}

function row({ isTimed, store }: TraceSet, place: string, value: string, series: string): string {
  const isNumber = store.config.valueType.startsWith("float");
  const cell = isNumber ? value.padStart(22) : value.padEnd(32);
  return `${isTimed ? place.padEnd(20) : place.padStart(12)}  ${cell}  ${series}`;
}

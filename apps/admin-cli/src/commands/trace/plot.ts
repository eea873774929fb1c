import { writeFile } from "node:fs/promises";

import { AppError, writeText, type ProgramContext } from "@foretile/app-kit";
import { POINT, type TraceParams } from "@foretile/trace-store";
import type { Command } from "commander";

import { wholeFrom } from "../../arguments/parse-whole.ts";
import { examples } from "../../output/examples.ts";
import { printable } from "../../output/printable.ts";
import { pointsOf } from "../../trace/each-point.ts";
import type { Plot, PlotPoint } from "../../trace/plot/plot.ts";
import { seriesNames } from "../../trace/plot/series-names.ts";
import { MAX_SERIES, svgPlot } from "../../trace/plot/svg-plot.ts";
import { textPlot } from "../../trace/plot/text-plot.ts";
import { placeText, type TraceSet } from "../../trace/trace-set.ts";
import {
  addReadOptions,
  withTraces,
  type TraceReadOptions,
  type TraceReading,
} from "./trace-options.ts";

interface PlotOptions extends TraceReadOptions {
  readonly svg?: string;
  readonly width?: number;
  readonly height?: number;
}

/** Points that are held and drawn at once, some 64 MB of memory. */
const MAX_POINTS = 1_000_000;

const SVG_SIZE = { width: 960, height: 400 };
const TEXT_SIZE = { columns: 80, rows: 16 };

/** Minutes between marks: an hour, some hours, a day, some days. */
const minuteSteps = [1, 5, 15, 60, 180, 360, 720, 1440, 2880, 7200, 14_400, 43_200, 144_000];
const positionSteps = Array.from({ length: 12 }, (_, power) =>
  [1, 2, 5].map((factor) => factor * 10 ** power),
).flat();

/** `trace plot`: draws series. */
export function addTracePlotCommand(parent: Command, context: ProgramContext): void {
  addReadOptions(parent.command("plot"))
    .description(`draw up to ${MAX_SERIES} series of numbers, in the terminal or as SVG`)
    .option("--svg <file>", "write an SVG document there instead; - is standard output")
    .option("--width <size>", "pixels, or characters in the terminal", wholeFrom(40))
    .option("--height <size>", "pixels, or lines in the terminal", wholeFrom(4))
    .action((conditions: readonly string[], _options: unknown, command: Command) =>
      runTracePlot(conditions, command.optsWithGlobals<PlotOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts trace plot asset=BTC,label=low,field=crps,miner=1012",
        "--store lmdb:./forecasts trace plot 'asset=BTC,label=low,field=prompt_score,miner=1012|1015' --from 2017-12-01",
        "--store lmdb:./forecasts trace plot field=crps,miner=1012,asset=BTC,label=low --svg crps.svg",
      ]),
    );
}

async function runTracePlot(
  conditions: readonly string[],
  options: PlotOptions,
  context: ProgramContext,
): Promise<void> {
  if (options.json === true) {
    throw new AppError("usage", "a drawing is no JSON", {
      hint: "take the points with: foretile --store URL trace query … --json",
    });
  }
  await withTraces(conditions, options, context, async (reading) => {
    const plot = await collectPlot(reading);
    reading.progress.clear();
    await writePlot(plot, options, context);
  });
}

async function collectPlot({ set, where, range, options, progress }: TraceReading): Promise<Plot> {
  requireNumbers(set);
  const found = new Map<string, { readonly params: TraceParams; readonly points: PlotPoint[] }>();
  let count = 0;
  for await (const block of set.store.query(where, { ...range, ...options })) {
    for (const { id, params, position, state, value } of pointsOf(set, block)) {
      if (state === POINT.deleted) continue;
      let one = found.get(id);
      if (one === undefined) found.set(id, (one = { params, points: [] }));
      if (found.size > MAX_SERIES) throw tooMany(`more than ${MAX_SERIES} series`);
      const y = typeof value === "number" && Number.isFinite(value) ? value : undefined;
      one.points.push({ x: position, y });
      count += 1;
      if (count > MAX_POINTS) throw tooMany(`more than ${MAX_POINTS} points`);
    }
    progress.update(count);
  }
  const series = [...found.values()];
  const { shared, names } = seriesNames(
    series.map(({ params }) => params),
    printable,
  );
  return {
    title: series.length === 0 ? "no points" : `${set.store.config.set}: ${shared}`,
    series: series.map(({ points }, index) => ({ name: names[index] ?? "", points })),
    placeText: (position) =>
      set.isTimed ? timeText(placeText(set, position)) : position.toString(),
    placeSteps: set.isTimed ? minuteSteps : positionSteps,
  };
}

/** To the minute, and to the day at midnight. */
function timeText(time: string): string {
  const [day = "", clock = ""] = time.split("T");
  const minute = clock.slice(0, 5);
  return minute === "00:00" ? day : `${day.slice(5)} ${minute}`;
}

function requireNumbers({ store }: TraceSet): void {
  const { set, valueType } = store.config;
  if (valueType === "float32" || valueType === "float64") return;
  throw new AppError("usage", `only numbers can be drawn set=${set} value_type=${valueType}`, {
    hint: "list the points with trace query",
  });
}

function tooMany(what: string): AppError {
  return new AppError("usage", `${what} cannot be drawn at once`, {
    hint: "narrow it with conditions such as field=crps,miner=1012, or with --from and --to",
  });
}

async function writePlot(plot: Plot, options: PlotOptions, context: ProgramContext): Promise<void> {
  const { svg, width, height } = options;
  const { stdout, env } = context;
  if (svg === undefined) {
    const columns = width ?? (stdout.isTTY === true ? stdout.columns : undefined);
    const noColour = env["NO_COLOR"];
    const colours = stdout.isTTY === true && (noColour === undefined || noColour === "");
    const size = { columns: columns ?? TEXT_SIZE.columns, rows: height ?? TEXT_SIZE.rows, colours };
    await writeText(stdout, plot.series.length === 0 ? "no points\n" : textPlot(plot, size));
    return;
  }
  const size = { width: width ?? SVG_SIZE.width, height: height ?? SVG_SIZE.height };
  const document = svgPlot(plot, size);
  if (svg === "-") await writeText(stdout, document);
  else await writeFile(svg, document);
}

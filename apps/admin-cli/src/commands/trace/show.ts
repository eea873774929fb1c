import { formatTable, writeJsonLine, writeText, type ProgramContext } from "@foretile/app-kit";
import { decodeTraceId } from "@foretile/keyspace";
import type { Command } from "commander";

import { examples } from "../../output/examples.ts";
import { pointsOf } from "../../trace/each-point.ts";
import { SeriesSummary } from "../../trace/series-summary.ts";
import { valueJson, valueText, type PointValue } from "../../trace/point-value.ts";
import { placeText, pointPlace, type TraceSet } from "../../trace/trace-set.ts";
import { traceText } from "../../trace/trace-text.ts";
import { addReadOptions, withTraces, type TraceReadOptions } from "./trace-options.ts";

/** `trace show`: what there is of each series, in one line. */
export function addTraceShowCommand(parent: Command, context: ProgramContext): void {
  addReadOptions(parent.command("show"))
    .description("tell of each series how many points it has, of what kind, from when to when")
    .action((conditions: readonly string[], _options: unknown, command: Command) =>
      runTraceShow(conditions, command.optsWithGlobals<TraceReadOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts trace show asset=BTC,label=low,field=prompt_score",
        "--store lmdb:./forecasts trace show --set digests label=low --json",
      ]),
    );
}

async function runTraceShow(
  conditions: readonly string[],
  options: TraceReadOptions,
  context: ProgramContext,
): Promise<void> {
  await withTraces(conditions, options, context, async ({ set, where, range, ...reading }) => {
    const { progress } = reading;
    const summaries = new Map<string, SeriesSummary>();
    let points = 0;
    for await (const block of set.store.query(where, { ...range, ...reading.options })) {
      for (const point of pointsOf(set, block)) {
        points += 1;
        let summary = summaries.get(point.id);
        if (summary === undefined) summaries.set(point.id, (summary = new SeriesSummary()));
        summary.add(point);
      }
      progress.update(points);
    }
    progress.clear();
    const series = [...summaries].toSorted(([a], [b]) => (a < b ? -1 : 1));
    if (options.json === true) {
      for (const [id, summary] of series) {
        await writeJsonLine(context.stdout, summaryDocument(set, id, summary));
      }
    } else {
      const rows = series.map(([id, summary]) => summaryRow(set, id, summary));
      const text = rows.length === 0 ? "no series\n" : formatTable(columnsOf(set), rows);
      await writeText(context.stdout, text);
    }
  });
}

function isNumeric({ store }: TraceSet): boolean {
  return store.config.valueType.startsWith("float");
}

function right(title: string) {
  return { title, align: "right" } as const;
}

function columnsOf(set: TraceSet) {
  const numbers = isNumeric(set) ? ["MIN", "MEAN", "MAX", "LAST"].map(right) : [];
  return [
    { title: "FROM" },
    { title: "TO" },
    ...["VALUES", "INVALID", "DELETED", "REPEATED"].map(right),
    ...numbers,
    { title: "SERIES" },
  ];
}

function summaryRow(set: TraceSet, id: string, summary: SeriesSummary): string[] {
  const { min, mean, max, last } = summary;
  const numbers = isNumeric(set) ? [min, mean, max, last].map(cell) : [];
  return [
    placeText(set, summary.first),
    placeText(set, summary.newest),
    summary.values.toString(),
    summary.invalid.toString(),
    summary.deleted.toString(),
    summary.repeated.toString(),
    ...numbers,
    traceText(id),
  ];
}

function cell(value: PointValue | undefined): string {
  if (value === undefined) return "-";
  return typeof value === "number" ? value.toFixed(3) : valueText(value);
}

function json(value: PointValue | undefined): number | string | null {
  return value === undefined ? null : valueJson(value);
}

function summaryDocument(
  set: TraceSet,
  id: string,
  summary: SeriesSummary,
): Record<string, unknown> {
  const params = decodeTraceId(id);
  const { min, mean, max, last } = summary;
  return {
    set: set.store.config.set,
    params,
    first: pointPlace(set, summary.first, params),
    newest: pointPlace(set, summary.newest, params),
    values: summary.values,
    invalid: summary.invalid,
    deleted: summary.deleted,
    repeated: summary.repeated,
    ...(isNumeric(set) ? { min: json(min), mean: json(mean), max: json(max) } : {}),
    last: json(last),
  };
}

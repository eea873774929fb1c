import {
  formatBytes,
  formatTable,
  formatUtc,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { RequestSummary } from "@foretile/prediction-store";
import type { Command } from "commander";

import { parseTime } from "../../arguments/parse-time.ts";
import { examples } from "../../output/examples.ts";
import { formatRatio } from "../../output/format-ratio.ts";
import { versionDocument } from "../../output/request-version.ts";
import { tellDamaged } from "../../output/tell-damaged.ts";

interface RequestListOptions extends CommonOptions {
  readonly label?: string;
  readonly asset?: string;
  readonly from?: number;
  readonly to?: number;
}

/** `request list`: published requests with their newest version, by label, asset and start. */
export function addRequestListCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("list")
    .description("list the published requests, each with its newest version")
    .option("--label <label>", "only this label")
    .option("--asset <asset>", "only this asset")
    .option("--from <time>", "only starts from this time on (ISO 8601 or unix seconds)", parseTime)
    .option("--to <time>", "only starts before this time", parseTime)
    .action((_options: unknown, command: Command) =>
      runRequestList(command.optsWithGlobals<RequestListOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts request list",
        "--store lmdb:./forecasts request list --label low --asset BTC",
        "--store lmdb:./forecasts request list --from 2017-12-05 --to 2017-12-06 --json",
      ]),
    );
}

async function runRequestList(options: RequestListOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const { label, asset, from: fromUnixSeconds, to: toUnixSeconds } = options;
  const onDamaged = (error: Error): void => tellDamaged(context, "a request", error);
  const filter = { label, asset, fromUnixSeconds, toUnixSeconds };
  const rows: string[][] = [];
  for await (const batch of opened.predictions.list(filter, { signal, onDamaged })) {
    for (const summary of batch) {
      if (options.json === true) await writeJsonLine(stdout, summaryDocument(summary));
      else rows.push(summaryRow(summary));
    }
  }
  if (options.json === true) return;
  await writeText(stdout, rows.length === 0 ? "no requests\n" : formatTable(columns, rows));
}

const columns = [
  { title: "KEY" },
  { title: "START" },
  { title: "VERSION", align: "right" },
  { title: "PUBLISHED" },
  { title: "RAW", align: "right" },
  { title: "STORED", align: "right" },
  { title: "RATIO", align: "right" },
] as const;

function summaryDocument(summary: RequestSummary): Record<string, unknown> {
  const { label, asset, startUnixSeconds } = summary.request;
  const start = formatUtc(startUnixSeconds);
  return { key: summary.key, label, asset, start_time: start, ...versionDocument(summary) };
}

function summaryRow(summary: RequestSummary): string[] {
  const { rawBytes, storedBytes } = summary;
  return [
    summary.key,
    formatUtc(summary.request.startUnixSeconds),
    summary.version.toString(),
    formatUtc(Math.floor(summary.publishedAtMs / 1000)),
    formatBytes(rawBytes),
    formatBytes(storedBytes),
    formatRatio(rawBytes, storedBytes),
  ];
}

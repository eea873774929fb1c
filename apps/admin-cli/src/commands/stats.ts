import {
  createProgress,
  describeError,
  EXIT,
  formatBytes,
  formatCount,
  formatTable,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type OpenedPredictions,
  type ProgramContext,
} from "@foretile/app-kit";
import { isPredictionStoreError, type RequestSummary } from "@foretile/prediction-store";
import type { Command } from "commander";

import { examples } from "../output/examples.ts";
import { formatRatio } from "../output/format-ratio.ts";
import { answerTotals } from "../output/published-request.ts";
import { StoreTotals, type Totals } from "../output/store-totals.ts";

/** `stats`: how much the store holds, by label and asset. */
export function addStatsCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("stats")
    .description("count requests, versions, tiles and bytes, by label and asset")
    .action((_options: unknown, command: Command) =>
      runStats(command.optsWithGlobals<CommonOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        "\nTiles and bytes are those of the newest version of each request; the ratio is stored bytes per raw byte.",
        examples(["--store lmdb:./forecasts stats", "--store lmdb:./forecasts stats --json"]),
      ].join("\n"),
    );
}

async function runStats(options: CommonOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const totals = await countRequests(opened, context);
  if (options.json === true) {
    for (const { label, asset, totals: group } of totals.groups()) {
      await writeJsonLine(stdout, { type: "group", label, asset, ...totalsDocument(group) });
    }
    await writeJsonLine(stdout, { type: "total", ...totalsDocument(totals.all) });
    return;
  }
  const rows = [...totals.groups()].map(({ label, asset, totals: group }) =>
    totalsRow(label, asset, group),
  );
  await writeText(stdout, formatTable(columns, [...rows, totalsRow("total", "", totals.all)]));
}

async function countRequests(
  { predictions }: OpenedPredictions,
  context: ProgramContext,
): Promise<StoreTotals> {
  const { signal, stderr, clock } = context;
  const totals = new StoreTotals();
  using progress = createProgress(stderr, { label: "stats", unit: "requests", clock });
  const onDamaged = (error: unknown): void => {
    // What can be read is counted; the rest is told and shows in the exit code.
    context.exitCode = EXIT.damaged;
    progress.clear();
    stderr.write(`${context.name}: a request is not counted: ${describeError(error).message}\n`);
  };
  for await (const batch of predictions.list({}, { signal, onDamaged })) {
    for (const summary of batch) {
      try {
        totals.add({ ...summary, ...(await readCounts(summary)) });
      } catch (error) {
        if (!isPredictionStoreError(error, "damaged")) throw error;
        onDamaged(error);
      }
      progress.update(totals.all.requests, summary.key);
    }
  }
  return totals;

  async function readCounts({ key, version }: RequestSummary) {
    const published = await predictions.read(key, { asOf: version, signal });
    const { valid, invalid } = answerTotals(published);
    return { versions: version, valid, invalid };
  }
}

const columns = [
  { title: "LABEL" },
  { title: "ASSET" },
  { title: "REQUESTS", align: "right" },
  { title: "VERSIONS", align: "right" },
  { title: "TILES", align: "right" },
  { title: "INVALID", align: "right" },
  { title: "RAW", align: "right" },
  { title: "STORED", align: "right" },
  { title: "RATIO", align: "right" },
] as const;

function totalsRow(label: string, asset: string, totals: Totals): string[] {
  const { rawBytes, storedBytes } = totals;
  return [
    label,
    asset,
    formatCount(totals.requests),
    formatCount(totals.versions),
    formatCount(totals.valid),
    formatCount(totals.invalid),
    formatBytes(rawBytes),
    formatBytes(storedBytes),
    formatRatio(rawBytes, storedBytes),
  ];
}

function totalsDocument(totals: Totals): Record<string, unknown> {
  const { requests, versions, valid, invalid, rawBytes, storedBytes } = totals;
  return {
    requests,
    versions,
    tiles: valid,
    invalid,
    raw_bytes: rawBytes,
    stored_bytes: storedBytes,
    ratio: rawBytes === 0 ? undefined : storedBytes / rawBytes,
  };
}

import {
  formatTable,
  formatUtc,
  writeJsonLine,
  writeText,
  type ProgramContext,
} from "@foretile/app-kit";
import type { RequestScores, Score } from "@foretile/catalog";
import { requestKey } from "@foretile/prediction-store";
import type { Command } from "commander";

import { parseTime } from "../../arguments/parse-time.ts";
import { examples } from "../../output/examples.ts";
import {
  addCatalogOption,
  openCatalogOfStore,
  wantedLabels,
  type LabelOptions,
} from "./catalog-command.ts";

interface CatalogScoresOptions extends LabelOptions {
  readonly asset?: string;
  readonly from?: number;
  readonly to?: number;
}

/** `catalog scores`: the scores of the catalog, those of the latest horizon first. */
export function addCatalogScoresCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("scores")
    .description("list the scores of the catalog, those of the latest horizon first")
    .option("--label <label>", "only this label")
    .option("--asset <asset>", "only this asset")
    .option("--from <time>", "only horizons that end from this time on", parseTime)
    .option("--to <time>", "only horizons that end before this time", parseTime);
  addCatalogOption(command)
    .action((_options: unknown, self: Command) =>
      runCatalogScores(self.optsWithGlobals<CatalogScoresOptions>(), context),
    )
    .addHelpText(
      "after",
      examples(["--store lmdb:./forecasts catalog scores --catalog store --label low --json"]),
    );
}

async function runCatalogScores(
  options: CatalogScoresOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  const { asset, from: fromUnixSeconds, to: toUnixSeconds } = options;
  await using opened = await openCatalogOfStore(options, "read", context);
  const rows: string[][] = [];
  for (const config of await wantedLabels(opened, options, context)) {
    const filter = { label: config.label, asset, fromUnixSeconds, toUnixSeconds };
    for await (const batch of opened.catalog.listScores(filter, { signal })) {
      for (const request of batch) {
        for (const score of request.scores) {
          if (options.json === true) await writeJsonLine(stdout, scoreDocument(request, score));
          else rows.push(scoreRow(request, score));
        }
      }
    }
  }
  if (options.json !== true) await writeText(stdout, formatTable(columns, rows));
}

const columns = [
  { title: "REQUEST" },
  { title: "SCORED AT" },
  { title: "MINER", align: "right" },
  { title: "UID", align: "right" },
  { title: "PROMPT SCORE", align: "right" },
  { title: "CRPS", align: "right" },
] as const;

function scoreRow(request: RequestScores, score: Score): string[] {
  return [
    requestKey(request),
    formatUtc(request.scoredAtUnixSeconds),
    `${score.minerId}`,
    `${score.minerUid}`,
    score.promptScore.toFixed(3),
    score.totalCrps?.toFixed(3) ?? "-",
  ];
}

function scoreDocument(request: RequestScores, score: Score): Record<string, unknown> {
  return {
    key: requestKey(request),
    scored_at: formatUtc(request.scoredAtUnixSeconds),
    miner_id: score.minerId,
    miner_uid: score.minerUid,
    prompt_score: score.promptScore,
    total_crps: score.totalCrps ?? null,
    percentile90: score.percentile90 ?? null,
    lowest: score.lowest ?? null,
    intervals: score.intervals,
    version: score.requestVersion,
  };
}

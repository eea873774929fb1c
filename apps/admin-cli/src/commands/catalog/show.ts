import { formatTable, writeJsonLine, writeText, type ProgramContext } from "@foretile/app-kit";
import type { Prediction, Score } from "@foretile/catalog";
import type { Command } from "commander";

import { findCatalogRequest } from "../../lookup/find-catalog-request.ts";
import { examples } from "../../output/examples.ts";
import { printable } from "../../output/printable.ts";
import {
  addCatalogOption,
  openCatalogOfStore,
  type CatalogCommandOptions,
} from "./catalog-command.ts";
import { catalogDocument } from "./requests.ts";

/** `catalog show`: what the catalog knows of each miner's answer to a request. */
export function addCatalogShowCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("show")
    .description("show the answers to a request, with their scores and what is deleted")
    .argument("<key>", "as catalog requests prints it");
  addCatalogOption(command)
    .action((key: string, _options: unknown, self: Command) =>
      runCatalogShow(key, self.optsWithGlobals<CatalogCommandOptions>(), context),
    )
    .addHelpText(
      "after",
      examples(["--store lmdb:./forecasts catalog show low/BTC#1512475200 --catalog store"]),
    );
}

async function runCatalogShow(
  key: string,
  options: CatalogCommandOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openCatalogOfStore(options, "read", context);
  const { catalog } = opened;
  const request = await findCatalogRequest(catalog, key, signal);
  const predictions = await catalog.readPredictions(request.id, { signal });
  const scores = await catalog.readScores(request.id, { signal });
  const scoreOf = new Map(scores?.scores.map((score) => [score.minerId, score]));
  if (options.json === true) {
    const answers = predictions.map((each) => answerDocument(each, scoreOf.get(each.minerId)));
    await writeJsonLine(stdout, { ...catalogDocument(request), answers });
    return;
  }
  const rows = predictions.map((each) => answerRow(each, scoreOf.get(each.minerId)));
  await writeText(stdout, `${key} version ${request.version}\n${formatTable(columns, rows)}`);
}

const columns = [
  { title: "MINER", align: "right" },
  { title: "UID", align: "right" },
  { title: "FORMAT" },
  { title: "TILE" },
  { title: "PROMPT SCORE", align: "right" },
  { title: "DELETED" },
] as const;

function answerRow(prediction: Prediction, score: Score | undefined): string[] {
  const { minerId, minerUid, formatValidation, tileKey, deleted } = prediction;
  return [
    `${minerId}`,
    `${minerUid}`,
    printable(formatValidation),
    tileKey === undefined ? "-" : printable(tileKey),
    score?.promptScore.toFixed(3) ?? "-",
    deleted === undefined ? "-" : printable(deleted.reason),
  ];
}

function answerDocument(prediction: Prediction, score: Score | undefined): Record<string, unknown> {
  const { minerId, minerUid, formatValidation, processTimeSeconds, tileKey, deleted } = prediction;
  return {
    miner_id: minerId,
    miner_uid: minerUid,
    format_validation: formatValidation,
    process_time: processTimeSeconds ?? null,
    tile_key: tileKey ?? null,
    version: prediction.version,
    prompt_score: score?.promptScore ?? null,
    total_crps: score?.totalCrps ?? null,
    deleted: deleted && { at: new Date(deleted.atMs).toISOString(), reason: deleted.reason },
  };
}

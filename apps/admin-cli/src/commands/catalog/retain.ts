import type { ProgramContext } from "@foretile/app-kit";
import { cleanUp, planCleanUp } from "@foretile/catalog";
import type { LabelConfig } from "@foretile/prediction-store";
import type { Command } from "commander";

import { YES_HELP } from "../../output/dry-run.ts";
import { examples } from "../../output/examples.ts";
import { countChanged, tellLabelChanges, type LabelChange } from "../../output/label-changes.ts";
import {
  addCatalogOption,
  openCatalogOfStore,
  wantedLabels,
  type CatalogOfStore,
  type LabelOptions,
} from "./catalog-command.ts";

interface CatalogRetainOptions extends LabelOptions {
  readonly yes?: boolean;
}

/** `catalog retain`: deletes what is older than its label keeps it. */
export function addCatalogRetainCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("retain")
    .description("delete answers that are older than their label keeps them, and old scores")
    .option("--label <label>", "only this label")
    .option("--yes", YES_HELP);
  addCatalogOption(command)
    .action((_options: unknown, self: Command) =>
      runCatalogRetain(self.optsWithGlobals<CatalogRetainOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        "\nAnswers are marked as deleted: undelete takes that back, free makes it final. Scores and prices go after",
        "twice the time, for good.",
        examples([
          "--store lmdb:./forecasts catalog retain --catalog store",
          "--store lmdb:./forecasts catalog retain --catalog store --label high --yes",
        ]),
      ].join("\n"),
    );
}

async function runCatalogRetain(
  options: CatalogRetainOptions,
  context: ProgramContext,
): Promise<void> {
  const dryRun = options.yes !== true;
  await using opened = await openCatalogOfStore(options, dryRun ? "read" : "write", context);
  const changes: LabelChange[] = [];
  for (const config of await wantedLabels(opened, options, context)) {
    const counts = await retainLabel(opened, config, dryRun, context);
    changes.push({ label: config.label, counts });
  }
  await tellLabelChanges(changes, { dryRun, json: options.json === true }, context);
}

async function retainLabel(
  { catalog }: CatalogOfStore,
  { label, retentionDays }: LabelConfig,
  dryRun: boolean,
  context: ProgramContext,
): Promise<Record<string, number>> {
  const { signal, clock } = context;
  const work = { label, retentionDays, nowMs: clock.nowMs(), signal };
  if (dryRun) {
    const { requests, scores } = await planCleanUp(catalog, work);
    return { deleted_requests: requests.length, dropped_scores: scores };
  }
  const { requests, droppedScores } = await cleanUp(catalog, work);
  return {
    deleted_requests: countChanged(requests, context).requests,
    dropped_scores: droppedScores,
  };
}

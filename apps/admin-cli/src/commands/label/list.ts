import {
  formatCount,
  formatTable,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import { labelDocument, stepCount, type LabelConfig } from "@foretile/prediction-store";
import type { Command } from "commander";

import { examples } from "../../output/examples.ts";

/** `label list`: the labels of the store; with `--json` in the form that `init --labels` reads. */
export function addLabelListCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("list")
    .description("list the labels of the store")
    .action((_options: unknown, command: Command) =>
      runLabelList(command.optsWithGlobals<CommonOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts label list",
        "--store lmdb:./forecasts label list --json > labels.json   # for init --labels",
      ]),
    );
}

async function runLabelList(options: CommonOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const labels = await opened.predictions.labels({ signal });
  if (options.json === true) {
    for (const label of labels) await writeJsonLine(stdout, labelDocument(label));
    return;
  }
  await writeText(stdout, formatTable(columns, labels.map(labelRow)));
}

const columns = [
  { title: "LABEL" },
  { title: "EVERY", align: "right" },
  { title: "LENGTH", align: "right" },
  { title: "STEPS", align: "right" },
  { title: "PATHS", align: "right" },
  { title: "INTERVALS", align: "right" },
  { title: "WINDOW", align: "right" },
  { title: "KEPT", align: "right" },
  { title: "ASSETS" },
] as const;

function labelRow(config: LabelConfig): string[] {
  return [
    config.label,
    `${formatCount(config.timeIncrementSeconds)} s`,
    `${formatCount(config.timeLengthSeconds)} s`,
    formatCount(stepCount(config)),
    formatCount(config.simulations),
    formatCount(Object.keys(config.intervals).length),
    `${config.windowDays} d`,
    `${config.retentionDays} d`,
    config.assets.join(" "),
  ];
}

import {
  createProgress,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type Progress,
  type ProgramContext,
} from "@foretile/app-kit";
import type { CollectProgress, CollectReport, Library } from "@foretile/version-store";
import type { Command } from "commander";

import { parseDuration } from "../arguments/parse-duration.ts";
import { collectDocument, collectText } from "../output/collect-report.ts";
import { YES_HELP } from "../output/dry-run.ts";
import { examples } from "../output/examples.ts";

interface CollectCommandOptions extends CommonOptions {
  readonly wait?: number;
  readonly force?: boolean;
  readonly yes?: boolean;
}

/** `collect`: frees what nothing needs any more. */
export function addCollectCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("collect")
    .description("free what was removed long enough ago, and what dead transactions left behind")
    .option(
      "--wait <duration>",
      "wait so long for snapshots and restores that are being made (default: 60s)",
      parseDuration,
    )
    .option("--force", "even when more than half of all bytes would go")
    .option("--yes", YES_HELP)
    .action((_options: unknown, command: Command) =>
      runCollect(command.optsWithGlobals<CollectCommandOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        "\nWriters and readers may go on meanwhile. Broken off anywhere, the next run goes on.",
        examples(["--store lmdb:./forecasts collect", "--store lmdb:./forecasts collect --yes"]),
      ].join("\n"),
    );
}

async function runCollect(options: CollectCommandOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout } = context;
  const access = options.yes === true ? "write" : "read";
  await using opened = await openPredictions(storeUrlOf(options, context), access, { signal });
  const report = await collect(opened.library, options, context);
  if (options.json === true) await writeJsonLine(stdout, collectDocument(report));
  else await writeText(stdout, collectText(report));
}

async function collect(
  library: Library,
  { wait: waitMs, force, yes = false }: CollectCommandOptions,
  { signal, stderr, clock }: ProgramContext,
): Promise<CollectReport> {
  let line: { readonly phase: string; readonly progress: Progress } | undefined;
  const onProgress = ({ phase, done, total }: CollectProgress): void => {
    if (line?.phase !== phase) {
      line?.progress.clear();
      const unit = phase === "mark" ? "heads and snapshots" : "blobs";
      line = { phase, progress: createProgress(stderr, { label: phase, unit, total, clock }) };
    }
    line.progress.update(done);
  };
  try {
    return await library.collect({ dryRun: !yes, force, waitMs, onProgress, signal });
  } finally {
    line?.progress.clear();
  }
}

import {
  AppError,
  createProgress,
  describeError,
  exitCodeOf,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { Library, PruneOutcome, PruneResult, RetentionPolicy } from "@foretile/version-store";
import type { Command } from "commander";

import {
  addRetentionOptions,
  retentionPolicy,
  type RetentionOptions,
} from "../arguments/retention-policy.ts";
import { YES_HELP } from "../output/dry-run.ts";
import { examples } from "../output/examples.ts";
import { prunedDocuments, prunedText, type Pruned } from "../output/pruned.ts";

interface PruneCommandOptions extends CommonOptions, RetentionOptions {
  readonly prefix?: string;
  readonly yes?: boolean;
}

/** `prune`: removes the versions that no rule keeps. */
export function addPruneCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("prune")
    .description("remove the versions that no rule keeps")
    .argument("[symbol]", "only of this symbol")
    .option("--prefix <prefix>", "only of symbols that start with this")
    .option("--yes", YES_HELP);
  addRetentionOptions(command)
    .action((symbol: string | undefined, _options: unknown, self: Command) =>
      runPrune(symbol, self.optsWithGlobals<PruneCommandOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        "\nA version stays when any rule keeps it. What a snapshot pins and the newest version always stay.",
        "Removed versions cannot be read any more at once; their bytes are freed by collect after the grace time.",
        examples([
          "--store lmdb:./forecasts prune --keep-last 10",
          "--store lmdb:./forecasts prune --keep-for 30d --keep-every 1d --for 365d --yes",
          "--store lmdb:./forecasts prune labels --keep-newest-older-than 90d",
        ]),
      ].join("\n"),
    );
}

async function runPrune(
  symbol: string | undefined,
  options: PruneCommandOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal } = context;
  const { prefix, yes = false } = options;
  if (symbol !== undefined && prefix !== undefined) {
    throw new AppError("usage", "a symbol and a prefix exclude each other");
  }
  const policy = retentionPolicy(options);
  const access = yes ? "write" : "read";
  await using opened = await openPredictions(storeUrlOf(options, context), access, { signal });
  const { library } = opened;
  const pruned =
    symbol === undefined
      ? await pruneAll(library, policy, prefix, !yes, context)
      : await pruneOne(library, symbol, policy, !yes, context);
  if (options.json !== true) {
    await writeText(context.stdout, prunedText(pruned, !yes, library.config.times.graceMs));
    return;
  }
  for (const document of prunedDocuments(pruned, !yes)) {
    await writeJsonLine(context.stdout, document);
  }
}

async function pruneOne(
  library: Library,
  symbol: string,
  policy: RetentionPolicy,
  dryRun: boolean,
  { signal }: ProgramContext,
): Promise<Pruned> {
  const result = await library.prune(symbol, policy, { dryRun, signal });
  const removedVersions = result.removed.length;
  const totals = {
    symbols: 1,
    prunedSymbols: removedVersions === 0 ? 0 : 1,
    removedVersions,
    storedBytes: result.removed.reduce((sum, version) => sum + version.storedBytes, 0),
    failedSymbols: 0,
  };
  return { totals, results: [result] };
}

async function pruneAll(
  library: Library,
  policy: RetentionPolicy,
  prefix: string | undefined,
  dryRun: boolean,
  context: ProgramContext,
): Promise<Pruned> {
  const { signal, stderr, clock } = context;
  const results: PruneResult[] = [];
  let symbols = 0;
  using progress = createProgress(stderr, { label: "prune", unit: "symbols", clock });
  const onProgress = (outcome: PruneOutcome): void => {
    symbols += 1;
    if ("error" in outcome) {
      // The other symbols are pruned; this one is told and shows in the exit code.
      progress.clear();
      const { message } = describeError(outcome.error);
      stderr.write(`${context.name}: a symbol is not pruned: ${message}\n`);
      context.exitCode = exitCodeOf(outcome.error);
    } else {
      if (outcome.removed.length > 0) results.push(outcome);
      progress.update(symbols);
    }
  };
  const totals = await library.pruneLibrary(policy, { prefix, dryRun, onProgress, signal });
  return { totals, results };
}

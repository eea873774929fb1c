import {
  AppError,
  createProgress,
  EXIT,
  formatBytes,
  openCopyTarget,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ExitCode,
  type Progress,
  type ProgramContext,
} from "@foretile/app-kit";
import { SEGMENT_CELLS } from "@foretile/prediction-store";
import {
  PLACEMENTS,
  type CopiedVersions,
  type CopyProblem,
  type CopyProblemKind,
  type CopyProgress,
  type CopyReport,
  type Library,
  type PlacementName,
} from "@foretile/version-store";
import { Option, type Command } from "commander";

import { collectTexts } from "../arguments/collect-texts.ts";
import { parseBytes } from "../arguments/parse-bytes.ts";
import { parseCopiedVersions } from "../arguments/parse-copied-versions.ts";
import { wholeFrom } from "../arguments/parse-whole.ts";
import { segmentVerifiers } from "../lookup/segment-verifiers.ts";
import {
  copyDocument,
  copyProblemDocument,
  copyProblemText,
  copyText,
} from "../output/copy-report.ts";
import { examples } from "../output/examples.ts";
import { MAX_FINDINGS } from "../output/finding.ts";

interface CopyCommandOptions extends CommonOptions {
  readonly from?: string;
  readonly to: string;
  readonly prefix?: string;
  readonly symbol?: readonly string[];
  readonly versions?: CopiedVersions;
  readonly snapshots?: boolean;
  readonly verify?: boolean;
  readonly dryRun?: boolean;
  readonly symbolsAtOnce?: number;
  readonly memory?: number;
  readonly placement?: PlacementName;
}

/** `copy`: a library, or part of it, to another store. */
export function addCopyCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("copy")
    .description("copy a library, or some of its symbols, to another store")
    .option("--from <url>", "the store to copy from; only read (default: --store)")
    .requiredOption("--to <url>", "the store to copy to; made when it is not there")
    .option("--prefix <text>", "only symbols that start with this")
    .option("--symbol <symbol>", "only this symbol; may be given several times", collectTexts)
    .option(
      "--versions <which>",
      "of each symbol: newest, all, or how many of the newest (default: newest)",
      parseCopiedVersions,
    )
    .addOption(
      new Option("--placement <placement>", "where a target that is made puts segments")
        .choices(PLACEMENTS)
        .default(undefined, "packs on S3, cells on Bigtable, else segments"),
    )
    .option("--snapshots", "snapshots too, with the versions that they pin")
    .option("--verify", "read all of it back from the target, and compare")
    .option("--dry-run", "only tell what would be copied")
    .option("--symbols-at-once <number>", "1 to 64 (default: 4)", wholeFrom(1))
    .option("--memory <bytes>", "for what is under way (default: 67.1 MB)", parseBytes)
    .action((_options: unknown, command: Command) =>
      runCopy(command.optsWithGlobals<CopyCommandOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        "\nVersions keep their numbers, commits, times and metadata; every segment is verified on the way. Broken off",
        "anywhere, run it again: what is there is not copied again. A symbol that has something else under one of the",
        `numbers is left alone. Exits with ${EXIT.damaged} when something is damaged, with ${EXIT.incomplete} when something could not be added.`,
        examples([
          "copy --from lmdb:./forecasts --to lmdb:/backup/forecasts --versions all --snapshots",
          "copy --from lmdb:./forecasts --to lmdb:./btc --prefix request/low/BTC",
          "copy --from lmdb:./forecasts --to lmdb:/backup/forecasts --dry-run --json",
        ]),
      ].join("\n"),
    );
}

async function runCopy(options: CopyCommandOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout, stderr, clock } = context;
  const from = options.from ?? storeUrlOf(options, context);
  if (from === options.to) throw new AppError("usage", "--from and --to name the same store");
  const dryRun = options.dryRun === true;
  await using source = await openPredictions(from, "read", { signal });
  const { config } = source.library;
  await using target = await openCopyTarget(options.to, config, {
    dryRun,
    placement: options.placement,
    signal,
  });
  if (dryRun && target.isNew) {
    stderr.write(`${context.name}: there is no library at the target yet\n`);
  }
  const startMs = clock.monotonicMs();
  const report = await copy(source.library, target.library, options, context);
  const durationMs = clock.monotonicMs() - startMs;
  for (const problem of report.problems) {
    if (options.json === true) await writeJsonLine(stdout, copyProblemDocument(problem));
    else await writeText(stdout, `${copyProblemText(problem, stdout)}\n`);
  }
  if (options.json === true) await writeJsonLine(stdout, copyDocument(report, durationMs));
  else await writeText(stdout, copyText(report, durationMs));
}

async function copy(
  source: Library,
  target: Library,
  options: CopyCommandOptions,
  context: ProgramContext,
): Promise<CopyReport> {
  const { prefix, symbol: symbols, versions, snapshots, verify, dryRun, symbolsAtOnce } = options;
  const { signal, stderr, clock } = context;
  let progress: Progress | undefined;
  const onProgress = ({ symbols: done, totalSymbols: total, bytes }: CopyProgress): void => {
    progress ??= createProgress(stderr, { label: "copy", unit: "symbols", total, clock });
    progress.update(done, formatBytes(bytes));
  };
  const onProblem = ({ kind }: CopyProblem): void => {
    // Damage weighs more than what could not be added.
    if (context.exitCode !== EXIT.damaged) context.exitCode = exitCodes[kind];
  };
  try {
    return await target.copyFrom(source, {
      prefix,
      symbols,
      versions,
      snapshots,
      verify,
      dryRun,
      symbolsAtOnce,
      maxBytesInFlight: options.memory,
      verifiers: await segmentVerifiers(target),
      cells: SEGMENT_CELLS,
      maxProblems: MAX_FINDINGS,
      onProblem,
      onProgress,
      signal,
    });
  } finally {
    progress?.clear();
  }
}

const exitCodes: Readonly<Record<CopyProblemKind, ExitCode>> = {
  damaged: EXIT.damaged,
  different: EXIT.damaged,
  gone: EXIT.incomplete,
  diverged: EXIT.incomplete,
  "too-late": EXIT.incomplete,
  incomplete: EXIT.incomplete,
};

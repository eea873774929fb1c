import { AppError, EXIT, type CommonOptions, type ProgramContext } from "@foretile/app-kit";
import { Option, type Command } from "commander";

import { parseDuration } from "../../arguments/parse-duration.ts";
import { YES_HELP } from "../../output/dry-run.ts";
import { examples } from "../../output/examples.ts";
import { LEVELS, runCheck, type CheckCommandOptions } from "./check.ts";
import { runRepair, type RepairCommandOptions } from "./repair.ts";

interface FsckOptions extends CommonOptions, CheckCommandOptions, RepairCommandOptions {
  readonly repair?: boolean;
}

/** `fsck`: looks for damage in the library, whatever its symbols hold, and with `--repair` puts right what it can. */
export function addFsckCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("fsck")
    .description("check the library: its structure, its segments, their bytes; or repair it")
    .addOption(
      new Option(
        "--level <level>",
        "0: structure; 1: and that segments are there; 2: and their bytes",
      )
        .choices(Object.keys(LEVELS))
        .default("1")
        .conflicts("repair"),
    )
    .option("--repair", "tell what can be put right: lost heads, damaged records, leftovers")
    .option("--yes", `with --repair: ${YES_HELP}`)
    .option(
      "--save <file>",
      "with --repair: first add damaged records to this file, a JSON line each",
    )
    .option(
      "--min-age <duration>",
      "with --repair: writers older than this count as dead (default: 1d)",
      parseDuration,
    )
    .option("--give-up-lost", "with --repair: snapshots forget what nobody can read any more")
    .option("--force", "with --repair: delete leftovers whatever share of the bytes they are")
    .action((_options: unknown, command: Command) =>
      runFsck(command.optsWithGlobals<FsckOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        `\nExits with ${EXIT.damaged} when there is an error that is not repaired; warnings and notes are no damage.`,
        "Writers may go on meanwhile.",
        examples([
          "--store lmdb:./forecasts fsck --level 2",
          "--store lmdb:./forecasts fsck --repair",
          "--store lmdb:./forecasts fsck --repair --yes --save damaged.jsonl",
        ]),
      ].join("\n"),
    );
}

async function runFsck(options: FsckOptions, context: ProgramContext): Promise<void> {
  const { repair = false, yes, save, minAge, giveUpLost, force } = options;
  if (!repair && [yes, save, minAge, giveUpLost, force].some((option) => option !== undefined)) {
    throw new AppError("usage", "--yes, --save, --min-age, --give-up-lost and --force repair", {
      hint: "add --repair",
    });
  }
  await (repair ? runRepair(options, context) : runCheck(options, context));
}

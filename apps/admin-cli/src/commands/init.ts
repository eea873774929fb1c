import {
  createPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import { PLACEMENTS, type PlacementName } from "@foretile/version-store";
import { Option, type Command } from "commander";

import { parseBytes } from "../arguments/parse-bytes.ts";
import { parseDuration } from "../arguments/parse-duration.ts";
import { readLabelFile } from "../arguments/read-label-file.ts";
import { examples } from "../output/examples.ts";

/** What typed values are stored with. Tiles have their own codec. */
const presets = ["general", "ensembles", "archive", "plain"] as const;

interface InitOptions extends CommonOptions {
  readonly labels?: string;
  readonly placement?: PlacementName;
  readonly preset?: (typeof presets)[number];
  readonly grace?: number;
  readonly undelete?: number;
  readonly quota?: number;
}

/** `init`: makes the store, the library in it and its labels. */
export function addInitCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("init")
    .description("make a new store; one that is there stays as it is")
    .option("--labels <file>", "labels from a JSON file (default: Synth's low and high)")
    .addOption(
      new Option("--preset <preset>", "what typed values are stored with")
        .choices(presets)
        .default(undefined, "general"),
    )
    .addOption(
      new Option("--placement <placement>", "where the parts of a version are stored")
        .choices(PLACEMENTS)
        .default(undefined, "packs on S3, cells on Bigtable, else segments"),
    )
    .option("--grace <duration>", "removed versions stay this long (default: 25h)", parseDuration)
    .option(
      "--undelete <duration>",
      "a deleted symbol can be taken back this long (default: 7d)",
      parseDuration,
    )
    .option("--quota <bytes>", "refuse to grow beyond this (default: no limit)", parseBytes)
    .action((_options: unknown, command: Command) =>
      runInit(command.optsWithGlobals<InitOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts init",
        "--store lmdb:./forecasts init --labels labels.json",
        "--store s3://my-bucket/forecasts init --placement packs",
        "--store lmdb:./forecasts init --grace 2h --undelete 30d --quota 500GB",
        "--store memory: label list --json > labels.json   # a file to start from",
      ]),
    );
}

async function runInit(options: InitOptions, context: ProgramContext): Promise<void> {
  const url = storeUrlOf(options, context);
  const { signal } = context;
  const labels = options.labels === undefined ? undefined : await readLabelFile(options.labels);
  await using opened = await createPredictions(url, {
    ...librarySettings(options),
    labels,
    signal,
  });
  const names = (await opened.predictions.labels({ signal })).map(({ label }) => label);
  if (options.json === true) {
    await writeJsonLine(context.stdout, { store: url, labels: names });
    return;
  }
  await writeText(
    context.stdout,
    [
      `made ${url} with the labels ${names.join(", ")}`,
      "",
      "Next:",
      `  store answers   foretile-writer ingest --store ${shellWord(url)} FILE`,
      `  score them      foretile-scorer score --store ${shellWord(url)} --prices FILE.csv`,
      `  look at them    foretile --store ${shellWord(url)} request list`,
      "",
    ].join("\n"),
  );
}

/** What was not asked for is left to the library. */
function librarySettings({ preset, placement, grace, undelete, quota }: InitOptions) {
  return {
    composition: { ...(preset && { preset }), ...(placement && { placement }) },
    times: {
      ...(grace === undefined ? {} : { graceMs: grace }),
      ...(undelete === undefined ? {} : { undeleteMs: undelete }),
    },
    quotaBytes: quota,
  };
}

/** A word that a POSIX shell reads back as `text`. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

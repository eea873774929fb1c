import {
  createPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { Command } from "commander";

import { readLabelFile } from "../arguments/read-label-file.ts";
import { examples } from "../output/examples.ts";

interface InitOptions extends CommonOptions {
  readonly labels?: string;
}

/** `init`: makes the store, the library in it and its labels. */
export function addInitCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("init")
    .description("make a new store; one that is there stays as it is")
    .option("--labels <file>", "labels from a JSON file (default: Synth's low and high)")
    .action((_options: unknown, command: Command) =>
      runInit(command.optsWithGlobals<InitOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts init",
        "--store lmdb:./forecasts init --labels labels.json",
        "--store memory: label list --json > labels.json   # a file to start from",
      ]),
    );
}

async function runInit(options: InitOptions, context: ProgramContext): Promise<void> {
  const url = storeUrlOf(options, context);
  const { signal } = context;
  const labels = options.labels === undefined ? undefined : await readLabelFile(options.labels);
  await using opened = await createPredictions(url, { labels, signal });
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

/** A word that a POSIX shell reads back as `text`. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

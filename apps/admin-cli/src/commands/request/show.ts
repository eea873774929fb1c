import {
  formatTable,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { ListedRequestVersion, PublishedRequest } from "@foretile/prediction-store";
import type { AsOf } from "@foretile/version-store";
import { Option, type Command } from "commander";

import { AS_OF_HELP, parseAsOf } from "../../arguments/parse-as-of.ts";
import { wholeFrom } from "../../arguments/parse-whole.ts";
import { answerColumns, answerDocument, answerRow } from "../../output/answer-entry.ts";
import { examples } from "../../output/examples.ts";
import { requestDocument, requestText } from "../../output/published-request.ts";
import {
  listedVersionColumns,
  listedVersionDocument,
  listedVersionRow,
} from "../../output/request-version.ts";

interface RequestShowOptions extends CommonOptions {
  readonly version?: number;
  readonly asOf?: AsOf;
}

/** `request show`: one version of a request, its versions, and what became of every answer. */
export function addRequestShowCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("show")
    .description("show a request: its sizes, its versions and every miner's status")
    .argument("<key>", "the request, as request list prints it: LABEL/ASSET#UNIX")
    .option("--version <number>", "this version instead of the newest", wholeFrom(1))
    .addOption(
      new Option("--as-of <version>", AS_OF_HELP).argParser(parseAsOf).conflicts("version"),
    )
    .action((key: string, _options: unknown, command: Command) =>
      runRequestShow(key, command.optsWithGlobals<RequestShowOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts request show low/BTC#1512475200",
        "--store lmdb:./forecasts request show low/BTC#1512475200 --version 1 --json",
        "--store lmdb:./forecasts request show low/BTC#1512475200 --as-of snapshot:2026-01",
      ]),
    );
}

async function runRequestShow(
  key: string,
  options: RequestShowOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const asOf = options.asOf ?? options.version;
  const published = await opened.predictions.read(key, { asOf, signal });
  const versions = await opened.predictions.listVersions(key, { signal });
  if (options.json === true) {
    await writeJsonLine(stdout, {
      ...requestDocument(published),
      versions: versions.map(listedVersionDocument),
      miners: published.answers.map(answerDocument),
    });
    return;
  }
  await writeText(stdout, showText(published, versions, context));
}

function showText(
  published: PublishedRequest,
  versions: readonly ListedRequestVersion[],
  { stdout }: ProgramContext,
): string {
  const sections = [
    requestText(published),
    formatTable(listedVersionColumns, versions.map(listedVersionRow)),
    published.answers.length === 0
      ? "no answers\n"
      : formatTable(
          answerColumns,
          published.answers.map((answer) => answerRow(answer, stdout)),
        ),
  ];
  return sections.join("\n");
}

import {
  createProgress,
  EXIT,
  findLabel,
  openPredictions,
  openStore,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type ProgramContext,
} from "@foretile/app-kit";
import {
  importUpstreamRequest,
  isPredictionStoreError,
  listUpstreamRequests,
  requestOfRows,
  type ForecastRequest,
} from "@foretile/prediction-store";
import type { Command } from "commander";

import { countOf } from "../../output/count-of.ts";
import { examples } from "../../output/examples.ts";
import { printable } from "../../output/printable.ts";
import { readMinerFile } from "../../arguments/read-miner-file.ts";
import { addUpstreamOptions, type UpstreamOptions } from "./upstream-options.ts";

interface ImportOptions extends UpstreamOptions {
  readonly label: string;
  readonly into?: string;
  readonly miners?: string;
}

interface Totals {
  requests: number;
  published: number;
  tiles: number;
  damaged: number;
  refused: number;
}

/** `upstream import`: publishes rows of upstream's in a library. */
export function addUpstreamImportCommand(parent: Command, context: ProgramContext): void {
  addUpstreamOptions(parent.command("import"))
    .description("publish the rows of the validator's own table in a library")
    .requiredOption("--label <label>", "the label of the library that the table stands for")
    .option("--into <url>", "the store of the library (default: --store)")
    .option("--miners <file>", "the miners' slots: a JSON object of miner ids and uids")
    .action((_options: unknown, command: Command) =>
      runImport(command.optsWithGlobals<ImportOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        "\nRows are only read. Run again, what is published already stays as it is. Damaged rows are told and left out;",
        `exits with ${EXIT.damaged} when there are some.`,
        examples([
          "--store bigtable://project/instance/miner_predictions upstream import --table low --label low --into lmdb:./forecasts",
        ]),
      ].join("\n"),
    );
}

async function runImport(options: ImportOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout, stderr, clock } = context;
  const { asset, from: fromUnixSeconds, to: toUnixSeconds, json = false } = options;
  const url = storeUrlOf(options, context);
  const minerUids = options.miners === undefined ? undefined : await readMinerFile(options.miners);
  await using rows = await openStore(url, "read", { use: "rows", signal });
  await using target = await openPredictions(options.into ?? url, "write", { signal });
  const label = findLabel(await target.predictions.labels({ signal }), options.label);
  const table = rows.table(options.table);
  const totals: Totals = { requests: 0, published: 0, tiles: 0, damaged: 0, refused: 0 };
  using progress = createProgress(stderr, { label: "import", unit: "requests", clock });
  const tell = async (document: Record<string, unknown>, text: string): Promise<void> => {
    progress.clear();
    await (json ? writeJsonLine(stdout, document) : writeText(stdout, `${text}\n`));
  };
  const wanted = { asset, fromUnixSeconds, toUnixSeconds, signal };
  for await (const found of listUpstreamRequests(table, wanted)) {
    const request = requestOfRows(label, found);
    totals.requests += 1;
    const damages: { readonly minerId: number; readonly message: string }[] = [];
    const onDamaged = (minerId: number, { message }: Error): void => {
      damages.push({ minerId, message });
    };
    try {
      const call = { minerUids, onDamaged, signal };
      const { published, tiles } = await importUpstreamRequest(
        table,
        target.predictions,
        request,
        call,
      );
      if (published?.changed === true) totals.published += 1;
      totals.tiles += tiles;
    } catch (error) {
      if (!isPredictionStoreError(error, "request-mismatch")) throw error;
      totals.refused += 1;
      await tell(...refusal(request, error.message));
    }
    totals.damaged += damages.length;
    for (const { minerId, message } of damages) await tell(...damage(request, minerId, message));
    progress.update(totals.requests, `${request.asset}#${request.startUnixSeconds}`);
  }
  if (totals.refused > 0) context.exitCode = EXIT.incomplete;
  if (totals.damaged > 0) context.exitCode = EXIT.damaged;
  await tell({ type: "summary", ...totals }, summaryText(totals));
}

function damage(
  { asset, startUnixSeconds }: ForecastRequest,
  minerId: number,
  message: string,
): [Record<string, unknown>, string] {
  const document = {
    type: "damaged",
    asset,
    start_unix: startUnixSeconds,
    miner_id: minerId,
    message,
  };
  return [document, `damaged row miner_id=${minerId}: ${printable(message)}`];
}

function refusal(
  { asset, startUnixSeconds }: ForecastRequest,
  message: string,
): [Record<string, unknown>, string] {
  const document = { type: "refused", asset, start_unix: startUnixSeconds, message };
  return [document, `refused ${printable(asset)}#${startUnixSeconds}: ${printable(message)}`];
}

function summaryText({ requests, published, tiles, damaged, refused }: Totals): string {
  const parts = [
    `read ${countOf(requests, "request")} with ${countOf(tiles, "sound row")}`,
    `${countOf(published, "new version")} published`,
    `${countOf(damaged, "row")} damaged`,
    ...(refused === 0 ? [] : [`${countOf(refused, "request")} refused`]),
  ];
  return parts.join(", ");
}

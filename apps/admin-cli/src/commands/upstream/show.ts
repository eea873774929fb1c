import {
  AppError,
  EXIT,
  findLabel,
  formatTable,
  openPredictions,
  openStore,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type ProgramContext,
} from "@foretile/app-kit";
import { readUpstreamTiles, requestOfRows } from "@foretile/prediction-store";
import { InvalidArgumentError, type Command } from "commander";

import { countOf } from "../../output/count-of.ts";
import { examples } from "../../output/examples.ts";
import { printable } from "../../output/printable.ts";
import type { UpstreamOptions } from "./upstream-options.ts";

interface ShowOptions extends UpstreamOptions {
  readonly label: string;
  readonly library?: string;
}

interface RequestName {
  readonly asset: string;
  readonly startUnixSeconds: number;
}

/** `upstream show`: the rows of one request. */
export function addUpstreamShowCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("show")
    .argument("<asset#unix>", "as upstream list prints it: BTC#1512475200", parseRequestName)
    .description("read all rows of one request, and tell which are damaged")
    .requiredOption("--table <name>", "the table of the store, such as low")
    .requiredOption("--label <label>", "the label that tells the sizes")
    .option("--library <url>", "the store that has the label (default: the same)")
    .action((name: RequestName, _options: unknown, command: Command) =>
      runShow(name, command.optsWithGlobals<ShowOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        `\nExits with ${EXIT.damaged} when a row has another length or holds what is no price.`,
        examples([
          "--store bigtable://project/instance/miner_predictions upstream show BTC#1779710400 --table low --label low --library lmdb:./forecasts",
        ]),
      ].join("\n"),
    );
}

async function runShow(
  name: RequestName,
  { table, label, library, ...options }: ShowOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  const url = storeUrlOf(options, context);
  await using store = await openStore(url, "read", { use: "rows", signal });
  await using opened = await openPredictions(library ?? url, "read", { signal });
  const labels = await opened.predictions.labels({ signal });
  const request = requestOfRows(findLabel(labels, label), name);
  const rows: string[][] = [];
  let damaged = 0;
  for await (const { minerId, error } of readUpstreamTiles(store.table(table), request, {
    signal,
  })) {
    if (error !== undefined) damaged += 1;
    const status = error === undefined ? "sound" : "damaged";
    if (options.json === true) {
      await writeJsonLine(stdout, { miner_id: minerId, status, message: error?.message });
    }
    rows.push([String(minerId), status, printable(error?.message ?? "")]);
  }
  if (rows.length === 0) {
    throw new AppError("not-found", `the table has no row of that request asset=${name.asset}`, {
      hint: "see what there is with: foretile --store URL upstream list --table NAME",
    });
  }
  if (damaged > 0) context.exitCode = EXIT.damaged;
  if (options.json === true) return;
  const verdict = damaged === 0 ? "none damaged" : `${countOf(damaged, "row")} damaged`;
  await writeText(
    stdout,
    `${formatTable(columns, rows)}${countOf(rows.length, "row")}, ${verdict}\n`,
  );
}

const columns = [{ title: "MINER", align: "right" }, { title: "STATUS" }, { title: "" }] as const;

function parseRequestName(text: string): RequestName {
  const [, asset, unix] = /^(.+)#([0-9]{1,12})$/.exec(text) ?? [];
  if (asset === undefined) throw new InvalidArgumentError("Expected ASSET#UNIX: BTC#1512475200");
  return { asset, startUnixSeconds: Number(unix) };
}

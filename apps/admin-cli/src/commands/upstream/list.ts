import {
  formatTable,
  formatUtc,
  openStore,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type ProgramContext,
} from "@foretile/app-kit";
import { unixSecondsToIso } from "@foretile/keyspace";
import { listUpstreamRequests } from "@foretile/prediction-store";
import type { Command } from "commander";

import { examples } from "../../output/examples.ts";
import { printable } from "../../output/printable.ts";
import { addUpstreamOptions, type UpstreamOptions } from "./upstream-options.ts";

/** `upstream list`: which requests a table of upstream's has rows of. */
export function addUpstreamListCommand(parent: Command, context: ProgramContext): void {
  addUpstreamOptions(parent.command("list"))
    .description("list requests of which the validator's own table has rows")
    .action((_options: unknown, command: Command) =>
      runList(command.optsWithGlobals<UpstreamOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        "\nReads one row of each request. With --from or --to all requests are looked at.",
        examples([
          "--store bigtable://project/instance/miner_predictions upstream list --table low",
          "--store bigtable://project/instance/miner_predictions upstream list --table low --asset BTC --json",
        ]),
      ].join("\n"),
    );
}

async function runList(options: UpstreamOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout, stderr } = context;
  const { asset, from: fromUnixSeconds, to: toUnixSeconds } = options;
  await using store = await openStore(storeUrlOf(options, context), "read", {
    use: "rows",
    signal,
  });
  const onForeign = (key: string): void => {
    stderr.write(`${context.name}: no prediction's key is skipped key=${printable(key)}\n`);
  };
  const wanted = { asset, fromUnixSeconds, toUnixSeconds, onForeign, signal };
  const rows: string[][] = [];
  for await (const request of listUpstreamRequests(store.table(options.table), wanted)) {
    const { startUnixSeconds } = request;
    if (options.json === true) {
      const start = unixSecondsToIso(startUnixSeconds);
      await writeJsonLine(stdout, { asset: request.asset, start, start_unix: startUnixSeconds });
    } else {
      rows.push([printable(request.asset), formatUtc(startUnixSeconds), String(startUnixSeconds)]);
    }
  }
  if (options.json === true) return;
  await writeText(stdout, rows.length === 0 ? "no requests\n" : formatTable(columns, rows));
}

const columns = [{ title: "ASSET" }, { title: "START" }, { title: "UNIX" }] as const;

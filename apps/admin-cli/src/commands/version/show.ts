import {
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { AsOf } from "@foretile/version-store";
import type { Command } from "commander";

import { AS_OF_HELP, parseAsOf } from "../../arguments/parse-as-of.ts";
import { examples } from "../../output/examples.ts";
import { findVersion } from "../../lookup/find-version.ts";
import { formatFields } from "../../output/format-fields.ts";
import { printable } from "../../output/printable.ts";
import { infoDocument, infoFields } from "../../output/version-info.ts";

interface VersionShowOptions extends CommonOptions {
  readonly asOf?: AsOf;
}

/** `version show`: one version, described from its documents. */
export function addVersionShowCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("show")
    .description("show one version of a symbol without reading its value")
    .argument("<symbol>", "as symbol list prints it")
    .option("--as-of <version>", `${AS_OF_HELP} (default: the newest)`, parseAsOf)
    .action((symbol: string, _options: unknown, command: Command) =>
      runVersionShow(symbol, command.optsWithGlobals<VersionShowOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts version show labels --as-of 1",
        "--store lmdb:./forecasts version show labels --as-of 2026-01-01T00:00:00Z",
        "--store lmdb:./forecasts version show labels --as-of snapshot:2026-01 --json",
      ]),
    );
}

async function runVersionShow(
  symbol: string,
  options: VersionShowOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const { library } = opened;
  const info = await library.getInfo(symbol, { asOf: options.asOf, signal });
  const listed = await findVersion(library, symbol, info.version, signal);
  const snapshots = listed?.snapshots ?? [];
  if (options.json === true) {
    await writeJsonLine(stdout, { ...infoDocument(info), snapshots });
    return;
  }
  const names = snapshots.length === 0 ? "none" : snapshots.map(printable).join(" ");
  const fields = [...infoFields(info), ["snapshots", names] as const];
  await writeText(stdout, formatFields(printable(symbol), fields));
}

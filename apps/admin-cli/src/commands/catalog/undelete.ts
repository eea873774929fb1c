import { writeJsonLine, writeText, type ProgramContext } from "@foretile/app-kit";
import type { Command } from "commander";

import { parseMoment } from "../../arguments/parse-moment.ts";
import { findCatalogRequest } from "../../lookup/find-catalog-request.ts";
import { countOf } from "../../output/count-of.ts";
import { examples } from "../../output/examples.ts";
import {
  addCatalogOption,
  openCatalogOfStore,
  type CatalogCommandOptions,
} from "./catalog-command.ts";

interface CatalogUndeleteOptions extends CatalogCommandOptions {
  readonly deletedSince?: number;
}

/** `catalog undelete`: takes the deletion of a request's answers back. */
export function addCatalogUndeleteCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("undelete")
    .description(
      "take the deletion of a request's answers back, unless their bytes were handed over",
    )
    .argument("<key>", "as catalog requests prints it")
    .option("--deleted-since <time>", "only what was deleted from this time on", parseMoment);
  addCatalogOption(command)
    .action((key: string, _options: unknown, self: Command) =>
      runCatalogUndelete(key, self.optsWithGlobals<CatalogUndeleteOptions>(), context),
    )
    .addHelpText(
      "after",
      examples(["--store lmdb:./forecasts catalog undelete low/BTC#1512475200 --catalog store"]),
    );
}

async function runCatalogUndelete(
  key: string,
  options: CatalogUndeleteOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openCatalogOfStore(options, "write", context);
  const { catalog } = opened;
  const { id } = await findCatalogRequest(catalog, key, signal);
  const since = { deletedSinceMs: options.deletedSince ?? 0 };
  const [status] = await catalog.restore([id], since, { signal });
  if (status?.ok === false) throw status.error;
  const restored = status?.changed ?? 0;
  await (options.json === true
    ? writeJsonLine(stdout, { key, restored_answers: restored })
    : writeText(stdout, `took ${countOf(restored, "answer")} of ${key} back\n`));
}

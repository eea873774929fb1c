import {
  formatCount,
  formatTable,
  formatUtc,
  writeJsonLine,
  writeText,
  type ProgramContext,
} from "@foretile/app-kit";
import type { CatalogRequest } from "@foretile/catalog";
import { requestKey } from "@foretile/prediction-store";
import type { Command } from "commander";

import { parseTime } from "../../arguments/parse-time.ts";
import { examples } from "../../output/examples.ts";
import {
  addCatalogOption,
  openCatalogOfStore,
  wantedLabels,
  type LabelOptions,
} from "./catalog-command.ts";

interface CatalogRequestsOptions extends LabelOptions {
  readonly asset?: string;
  readonly from?: number;
  readonly to?: number;
  readonly unscored?: boolean;
  readonly deleted?: boolean;
}

/** `catalog requests`: what the catalog knows of each request, the latest first. */
export function addCatalogRequestsCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("requests")
    .description("list the requests of the catalog, the latest first")
    .option("--label <label>", "only this label")
    .option("--asset <asset>", "only this asset")
    .option("--from <time>", "only starts from this time on (ISO 8601 or unix seconds)", parseTime)
    .option("--to <time>", "only starts before this time", parseTime)
    .option("--unscored", "only those without a score")
    .option("--deleted", "only those of which nothing is alive");
  addCatalogOption(command)
    .action((_options: unknown, self: Command) =>
      runCatalogRequests(self.optsWithGlobals<CatalogRequestsOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts catalog requests --catalog store --label low --unscored",
      ]),
    );
}

async function runCatalogRequests(
  options: CatalogRequestsOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  const { asset, from: fromUnixSeconds, to: toUnixSeconds, unscored, deleted } = options;
  await using opened = await openCatalogOfStore(options, "read", context);
  const scored = unscored === true ? false : undefined;
  const alive = deleted === true ? false : undefined;
  const rows: string[][] = [];
  for (const { label } of await wantedLabels(opened, options, context)) {
    const filter = { label, asset, fromUnixSeconds, toUnixSeconds, scored, alive };
    for await (const batch of opened.catalog.listRequests(filter, { signal })) {
      for (const request of batch) {
        if (options.json === true) await writeJsonLine(stdout, catalogDocument(request));
        else rows.push(catalogRow(request));
      }
    }
  }
  if (options.json !== true) await writeText(stdout, formatTable(columns, rows));
}

/** The members of a request of the catalog in every JSON output. */
export function catalogDocument(request: CatalogRequest): Record<string, unknown> {
  const { id, version, predictions, scored, savedAtMs } = request;
  return {
    key: requestKey(request),
    id,
    version,
    saved_at: new Date(savedAtMs).toISOString(),
    ...predictions,
    scored,
  };
}

const columns = [
  { title: "REQUEST" },
  { title: "START" },
  { title: "VERSION", align: "right" },
  { title: "VALID", align: "right" },
  { title: "INVALID", align: "right" },
  { title: "DELETED", align: "right" },
  { title: "SCORED" },
] as const;

function catalogRow(request: CatalogRequest): string[] {
  const { version, predictions, scored, startUnixSeconds } = request;
  return [
    requestKey(request),
    formatUtc(startUnixSeconds),
    `${version}`,
    formatCount(predictions.valid),
    formatCount(predictions.invalid),
    formatCount(predictions.deleted),
    scored ? "yes" : "no",
  ];
}

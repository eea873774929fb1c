import type { ProgramContext } from "@foretile/app-kit";
import { taper, taperingCandidates, type KeeperRule } from "@foretile/catalog";
import type { LabelConfig } from "@foretile/prediction-store";
import type { Command } from "commander";

import { parseTime } from "../../arguments/parse-time.ts";
import { YES_HELP } from "../../output/dry-run.ts";
import { examples } from "../../output/examples.ts";
import { countChanged, tellLabelChanges, type LabelChange } from "../../output/label-changes.ts";
import {
  addCatalogOption,
  openCatalogOfStore,
  wantedLabels,
  type CatalogOfStore,
  type LabelOptions,
} from "./catalog-command.ts";

interface CatalogTaperOptions extends LabelOptions {
  readonly from?: number;
  readonly yes?: boolean;
}

/** A secret: who knows it can tell which requests stay. */
const SALT_VARIABLE = "FORETILE_TAPER_SALT";

/** `catalog taper`: thins old requests as their label says. */
export function addCatalogTaperCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("taper")
    .description("thin old requests: of each asset and bucket of time one stays")
    .option("--label <label>", "only this label")
    .option("--from <time>", "only buckets from this time on (default: all)", parseTime)
    .option("--yes", YES_HELP);
  addCatalogOption(command)
    .action((_options: unknown, self: Command) =>
      runCatalogTaper(self.optsWithGlobals<CatalogTaperOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        "\nWhen, and how large the buckets are, the label says. The request that was saved first stays, or with a",
        `secret in ${SALT_VARIABLE} one that nobody without it can foretell. Thinned requests are marked as`,
        "deleted: undelete takes that back, free makes it final.",
        examples([
          "--store lmdb:./forecasts catalog taper --catalog store",
          "--store lmdb:./forecasts catalog taper --catalog store --from 2017-12-05 --yes",
        ]),
      ].join("\n"),
    );
}

async function runCatalogTaper(
  options: CatalogTaperOptions,
  context: ProgramContext,
): Promise<void> {
  const dryRun = options.yes !== true;
  await using opened = await openCatalogOfStore(options, dryRun ? "read" : "write", context);
  const changes: LabelChange[] = [];
  for (const config of await wantedLabels(opened, options, context)) {
    changes.push({
      label: config.label,
      counts: await taperLabel(opened, config, options, context),
    });
  }
  await tellLabelChanges(changes, { dryRun, json: options.json === true }, context);
}

async function taperLabel(
  { catalog }: CatalogOfStore,
  { label, timeLengthSeconds, thinAfterMinutes, thinBucketSeconds }: LabelConfig,
  { from: fromUnixSeconds, yes }: CatalogTaperOptions,
  context: ProgramContext,
): Promise<Record<string, number>> {
  const { signal, clock, env } = context;
  const salt = env[SALT_VARIABLE] ?? "";
  const keeper: KeeperRule = salt === "" ? "first" : { salt };
  const policy = {
    timeLengthSeconds,
    thinAfterSeconds: thinAfterMinutes * 60,
    bucketSeconds: thinBucketSeconds,
    keeper,
  };
  const work = { label, policy, nowMs: clock.nowMs(), fromUnixSeconds, signal };
  if (yes !== true) return { thinned_requests: (await taperingCandidates(catalog, work)).length };
  const { requests } = countChanged(await taper(catalog, work), context);
  return { thinned_requests: requests };
}

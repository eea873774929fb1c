import {
  AppError,
  defaultPlacement,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import { SYNTH_HIGH, SYNTH_LOW, stepCount, type LabelConfig } from "@foretile/prediction-store";
import { Option, type Command } from "commander";

import { parseBytes } from "../arguments/parse-bytes.ts";
import { parseDuration } from "../arguments/parse-duration.ts";
import { namedValues, parseAmount } from "../arguments/parse-named.ts";
import { wholeFrom } from "../arguments/parse-whole.ts";
import { readLabelFile } from "../arguments/read-label-file.ts";
import { readPriceFile, withPrices } from "../arguments/read-price-file.ts";
import { costOf, volumeOf, type CostBackEnd, type Volume } from "../cost/cost-of.ts";
import type { CostPlacement, LabelLoad } from "../cost/load.ts";
import { DEFAULT_PRICES, PRICE_NAMES } from "../cost/prices.ts";
import {
  costDocument,
  costText,
  pricesText,
  volumeDocument,
  volumeText,
} from "../output/cost-report.ts";
import { examples } from "../output/examples.ts";

interface CostOptions extends CommonOptions {
  readonly labels?: string;
  readonly every?: Readonly<Record<string, number>>;
  readonly retention?: Readonly<Record<string, number>>;
  readonly miners: number;
  readonly ratio: number;
  readonly reads: number;
  readonly collections: number;
  readonly placement?: CostPlacement;
  readonly packBytes: number;
  readonly nodes: number;
  readonly prices?: string;
  readonly price?: Readonly<Record<string, number>>;
}

/** Each with the URL of some store of its kind. */
const backEnds: readonly (readonly [CostBackEnd, url: string])[] = [
  ["lmdb", "lmdb:store"],
  ["bigtable", "bigtable://project/instance/prefix"],
  ["s3", "s3://bucket/prefix"],
  ["hybrid", "hybrid:bigtable://project/instance/prefix,s3://bucket/prefix"],
];
const placements: readonly CostPlacement[] = ["segments", "packs", "cells"];
const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
/** How often the network's validator asks. */
const cadenceMs: Readonly<Record<string, number>> = { low: 300_000, high: 120_000 };

/** `cost`: objects, requests, bytes and dollars of a load. */
export function addCostCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("cost")
    .description("count objects, requests and bytes of a load, and what back ends bill for it")
    .option("--labels <file>", "labels from a JSON file (default: Synth's low and high)")
    .option(
      "--every <label=duration>",
      "how often is asked (default: low=5m high=2m)",
      namedValues(parseDuration),
    )
    .option(
      "--retention <label=duration>",
      "how long requests stay (default: the label's)",
      namedValues(parseDuration),
    )
    .option("--miners <number>", "valid answers per request", wholeFrom(1), 250)
    .option("--ratio <number>", "stored bytes per raw byte, as stats prints it", parseAmount, 0.56)
    .option("--reads <number>", "how often a request is read as a whole", parseAmount, 1)
    .option("--collections <number>", "how often a day foretile collect runs", parseAmount, 1)
    .addOption(
      new Option("--placement <placement>", "where segments go")
        .choices(placements)
        .default(undefined, "what each store prefers"),
    )
    .option("--pack-bytes <bytes>", "the largest pack (default: 33.6 MB)", parseBytes, 32 * 2 ** 20)
    .option("--nodes <number>", "nodes of the Bigtable cluster", wholeFrom(1), 1)
    .option("--prices <file>", "prices from a JSON file")
    .option("--price <name=usd>", `one price: ${PRICE_NAMES.join(", ")}`, namedValues(parseAmount))
    .action((_options: unknown, command: Command) =>
      runCost(command.optsWithGlobals<CostOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        "\nComputes and asks nobody: prices are list prices of the date that is printed. A month has 30 days.",
        examples([
          "cost",
          "cost --placement packs --ratio 0.56 --reads 2",
          "cost --every low=1h --retention low=30d --price s3_gb_month=0.0245 --json",
        ]),
      ].join("\n"),
    );
}

async function runCost(options: CostOptions, { stdout }: ProgramContext): Promise<void> {
  const labels =
    options.labels === undefined ? [SYNTH_LOW, SYNTH_HIGH] : await readLabelFile(options.labels);
  const { miners, ratio, reads, collections, packBytes } = options;
  const loads = labels.map((label) => labelLoad(label, options));
  checkNames(options, loads);
  const load = { labels: loads, miners, ratio, reads, collections, packBytes };
  const listed =
    options.prices === undefined ? DEFAULT_PRICES : await readPriceFile(options.prices);
  const prices = withPrices(listed, options.price ?? {}, "--price");
  const volumes = new Map<CostPlacement, Volume>();
  const costs = backEnds.map(([backEnd, url]) => {
    const placement = options.placement ?? defaultPlacement(url);
    const volume = volumes.get(placement) ?? volumeOf({ ...load, placement });
    volumes.set(placement, volume);
    return { ...costOf(backEnd, volume, prices, options.nodes), placement };
  });
  if (options.json === true) {
    for (const [placement, volume] of volumes) {
      await writeJsonLine(stdout, volumeDocument(volume, placement));
    }
    for (const cost of costs) await writeJsonLine(stdout, costDocument(cost));
    await writeJsonLine(stdout, { type: "prices", ...prices });
    return;
  }
  await writeText(stdout, `${volumeText(volumes)}\n${costText(costs)}\n${pricesText(prices)}`);
}

function labelLoad(config: LabelConfig, { every, retention }: CostOptions): LabelLoad {
  const { label, simulations, retentionDays } = config;
  const everyMs = every?.[label] ?? cadenceMs[label];
  if (everyMs === undefined || everyMs === 0) {
    throw new AppError("usage", `how often is asked is not known label=${label}`, {
      hint: `add --every ${label}=5m`,
    });
  }
  const keptMs = retention?.[label];
  return {
    label,
    simulations,
    steps: stepCount(config),
    everySeconds: everyMs / SECOND_MS,
    retentionDays: keptMs === undefined ? retentionDays : keptMs / DAY_MS,
  };
}

function checkNames({ every, retention }: CostOptions, loads: readonly LabelLoad[]): void {
  const known = loads.map(({ label }) => label);
  const wrong = Object.keys({ ...every, ...retention }).find((name) => !known.includes(name));
  if (wrong === undefined) return;
  throw new AppError("usage", `no such label label=${wrong}`, {
    hint: `known: ${known.join(", ")}`,
  });
}

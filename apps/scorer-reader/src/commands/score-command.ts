import {
  AppError,
  catalogOptionHelp,
  type CatalogOptions,
  catalogUrlOf,
  type CommonOptions,
  openCatalog,
  type OpenedPredictions,
  openPredictions,
  type ProgramContext,
  storeUrlOf,
} from "@foretile/app-kit";
import type { Catalog } from "@foretile/catalog";
import type { LabelConfig } from "@foretile/prediction-store";
import type { Command } from "commander";

import packageJson from "../../package.json" with { type: "json" };
import { createReporter } from "../output/reporter.ts";
import type { PriceSeries } from "../prices/price-series.ts";
import { readPriceFile } from "../prices/read-price-file.ts";
import { RequestScorer } from "../request/request-scorer.ts";
import { selectRequests } from "../request/select-requests.ts";
import { isScorerError } from "../scorer-error.ts";
import { defaultThreadCount, MAX_THREADS, openTileScorer } from "../tiles/open-tile-scorer.ts";
import { dueKeys } from "./due-keys.ts";
import { wholeNumber } from "./option-parsers.ts";
import { ScoreReport } from "./score-report.ts";
import { scoreRows } from "./score-rows.ts";
import { showLeaderboard } from "./show-leaderboard.ts";

interface ScoreCommandOptions extends CommonOptions, CatalogOptions {
  readonly prices: string;
  readonly label?: string;
  readonly asset?: string;
  readonly request?: string;
  readonly version?: number;
  readonly table?: string;
  readonly library?: string;
  readonly threads: number;
  readonly rescore?: boolean;
  readonly dryRun?: boolean;
  readonly leaderboard?: boolean;
  readonly due?: boolean;
}

/** Stored with the scores. */
const scoredBy = `foretile-scorer ${packageJson.version}`;

/** Adds `score` to the program. */
export function addScoreCommand(program: Command, context: ProgramContext): void {
  const command = program
    .command("score")
    .description("score published requests against what happened, and store the scores")
    .requiredOption("--prices <file>", "timestamp,price rows of one asset, a price a minute")
    .option("--label <label>", "only requests of this label")
    .option("--asset <asset>", "the asset of the prices; needed when the store has several")
    .option("--request <key>", "only this request")
    .option(
      "--version <number>",
      "this version of it; scores of an older one are not stored",
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option(
      "--threads <count>",
      `how many tiles to score at once, up to ${MAX_THREADS}`,
      wholeNumber(1, MAX_THREADS),
      defaultThreadCount(),
    )
    .option("--rescore", "also what is scored already from the same version and prices")
    .option("--dry-run", "print the scores and store nothing")
    .option("--leaderboard", "then print the leaderboard")
    .option("--catalog <url>", `write scores and prices to a catalog, too: ${catalogOptionHelp()}`)
    .option("--due", "only requests that are due by the catalog: over, and not all scored")
    .option("--table <name>", "rows that the validator wrote itself; --label says which sizes")
    .option("--library <url>", "with --table: the store that has the label (default: Synth's own)")
    .addHelpText(
      "after",
      [
        "\nWith --table, --store names where the table is. Rows are scored where they are, on one thread; they have no",
        "versions, so nothing is stored. Damaged rows are told and not judged.",
      ].join("\n"),
    );
  command.action(async () => {
    await runScore(command.optsWithGlobals(), context);
  });
}

async function runScore(options: ScoreCommandOptions, context: ProgramContext): Promise<void> {
  checkCombination(options);
  const { signal, clock } = context;
  const json = options.json === true;
  const url = storeUrlOf(options, context);
  const catalogUrl = catalogUrlOf(options, context);
  // Before the store: a wrong file is noticed at once, whatever the store says.
  const prices = await readPrices(options.prices, signal);
  using reporter = createReporter(context);
  const report = new ScoreReport(context, reporter, { json });
  await report.prices(prices);
  const { table, label, library, asset, request } = options;
  if (table !== undefined && label !== undefined) {
    const rows = { url, table, label, library, asset, request, prices, scoredBy, signal };
    await scoreRows(rows, report);
    await report.end();
    return;
  }
  const { keys, labels } = await look(url, options, report, context);

  await scoreAll(keys, report, {
    url,
    prices,
    labels,
    threads: options.threads,
    version: options.version,
    rescore: options.rescore === true,
    store: options.dryRun !== true,
    openCatalog:
      catalogUrl === undefined
        ? undefined
        : (opened) => openCatalog(catalogUrl, opened, "write", { clock, signal }),
    signal,
  });
  await report.end();
  if (options.leaderboard === true) {
    await using opened = await openPredictions(url, "read", { signal });
    await showLeaderboard(opened, reporter, context, { label: options.label, json });
  }
}

/** @throws {AppError} `usage` for options that mean nothing together */
function checkCombination(options: ScoreCommandOptions): void {
  const { table, label, library, request, version, leaderboard, rescore, catalog, due } = options;
  if (due === true && request !== undefined) {
    throw new AppError("usage", "--due and --request exclude each other");
  }
  if (version !== undefined && request === undefined) {
    throw new AppError("usage", "--version needs --request", {
      hint: "say which request with --request KEY",
    });
  }
  if (table === undefined) {
    if (library !== undefined) throw new AppError("usage", "--library needs --table");
    return;
  }
  if (label === undefined) {
    throw new AppError("usage", "--table needs --label", {
      hint: "rows tell no sizes: say which label the table stands for with --label LABEL",
    });
  }
  const wantsScores = leaderboard === true || rescore === true;
  if (version !== undefined || wantsScores || catalog !== undefined || due === true) {
    const message =
      "rows have no versions and no stored scores: --version, --rescore, --leaderboard, --catalog, --due";
    throw new AppError("usage", message, {
      hint: "publish them with foretile upstream import, and score the library",
    });
  }
}

/** Finds out what there is to score. */
async function look(
  url: string,
  options: ScoreCommandOptions,
  report: ScoreReport,
  context: ProgramContext,
): Promise<{ readonly keys: readonly string[]; readonly labels: readonly LabelConfig[] }> {
  const { signal } = context;
  await using opened = await openPredictions(url, "read", { signal });
  const { predictions } = opened;
  const labels = await predictions.labels({ signal });
  if (options.due === true) return { keys: await dueKeys(opened, options, context), labels };
  const damagedHeads: Error[] = [];
  const selection = { label: options.label, asset: options.asset, key: options.request };
  const keys = await selectRequests(predictions, selection, {
    signal,
    onDamaged: (error) => damagedHeads.push(error),
  });
  await report.damagedHeads(damagedHeads);
  return { keys, labels };
}

interface ScoreAllOptions {
  readonly url: string;
  readonly prices: PriceSeries;
  readonly labels: readonly LabelConfig[];
  readonly threads: number;
  readonly version: number | undefined;
  readonly rescore: boolean;
  readonly store: boolean;
  readonly openCatalog: ((opened: OpenedPredictions) => Promise<Catalog>) | undefined;
  readonly signal: AbortSignal;
}

/** Scores one request after the other. */
async function scoreAll(
  keys: readonly string[],
  report: ScoreReport,
  options: ScoreAllOptions,
): Promise<void> {
  const {
    url,
    prices,
    labels,
    threads,
    version,
    rescore,
    store,
    openCatalog: open,
    signal,
  } = options;
  await using tiles = openTileScorer(url, threads);
  await using scorer = new RequestScorer({
    open: (abort) => openPredictions(url, store ? "write" : "read", { signal: abort }),
    openCatalog: open,
    tiles,
    prices,
    labels,
    scoredBy,
    store,
    rescore,
  });
  for (const key of keys) {
    const onScored = (count: number): void => report.scoredTiles(count, key);
    await report.request(await scorer.score(key, { version, signal, onScored }));
  }
}

/** What is wrong in the file is the fault of who named it; that it cannot be read at all is not. */
async function readPrices(path: string, signal: AbortSignal): Promise<PriceSeries> {
  try {
    return await readPriceFile(path, { signal });
  } catch (error) {
    if (!isScorerError(error)) throw error;
    throw new AppError("usage", `${error.message} file=${path}`, {
      cause: error,
      details: { reason: error.code, ...error.details },
      hint: "rows are timestamp,price: whole unix seconds and a positive number",
    });
  }
}

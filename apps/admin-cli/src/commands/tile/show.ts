import { open } from "node:fs/promises";

import {
  AppError,
  openPredictions,
  storeUrlOf,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { PublishedRequest, ValidAnswerEntry } from "@foretile/prediction-store";
import { Option, type Command } from "commander";

import { parseStepRange, type WantedSteps } from "../../arguments/parse-step-range.ts";
import { wholeFrom } from "../../arguments/parse-whole.ts";
import { examples } from "../../output/examples.ts";
import { tileCsv } from "../../tile-format/csv.ts";
import { tileJson } from "../../tile-format/json.ts";
import { tileNpy } from "../../tile-format/npy.ts";
import type { TileSlice } from "../../tile-format/tile-slice.ts";

type Format = "csv" | "json" | "npy";

interface TileShowOptions extends CommonOptions {
  readonly steps?: WantedSteps;
  readonly format?: Format;
  readonly version?: number;
  readonly out?: string;
}

/** `tile show`: one miner's tile, or some steps of it, as CSV, JSON or NPY. */
export function addTileShowCommand(parent: Command, context: ProgramContext): void {
  const formats = ["csv", "json", "npy"];
  parent
    .command("show")
    .description("print one miner's tile, or some steps of it")
    .argument("<key>", "the request: LABEL/ASSET#UNIX")
    .argument("<miner-id>", "the miner", wholeFrom(0))
    .option("--steps <from:to>", "steps, half-open, either end may be left out", parseStepRange)
    .addOption(
      new Option("--format <format>", "csv: a row per step; npy: float32 [steps, simulations]")
        .choices(formats)
        .default(undefined, "csv, or json with --json"),
    )
    .option("--version <number>", "this version instead of the newest", wholeFrom(1))
    .option("--out <file>", "write to a file; one that is there is replaced")
    .action((key: string, minerId: number, _options: unknown, command: Command) =>
      runTileShow(key, minerId, command.optsWithGlobals<TileShowOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts tile show low/BTC#1512475200 1012 --steps 0:2",
        "--store lmdb:./forecasts tile show low/BTC#1512475200 1012 --steps 288: --format json",
        "--store lmdb:./forecasts tile show low/BTC#1512475200 1012 --format npy --out tile.npy",
      ]),
    );
}

async function runTileShow(
  key: string,
  minerId: number,
  options: TileShowOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal } = context;
  const format = options.format ?? (options.json === true ? "json" : "csv");
  if (format === "npy" && options.out === undefined && context.stdout.isTTY === true) {
    throw new AppError("usage", "npy is not for a terminal", {
      hint: "add --out FILE, or send the output to a file or a program",
    });
  }
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const published = await opened.predictions.read(key, { asOf: options.version, signal });
  const slice = await readSlice(published, minerId, options.steps, signal);
  await writeChunks(tileChunks(slice, format), options.out, context);
}

async function readSlice(
  published: PublishedRequest,
  minerId: number,
  steps: WantedSteps | undefined,
  signal: AbortSignal,
): Promise<TileSlice> {
  const answer = validAnswer(published, minerId);
  const range = { from: steps?.from ?? 0, to: steps?.to ?? published.shape.steps };
  const { key, version, versionHash, request } = published;
  for await (const result of published.slice(range, { minerIds: [minerId], signal })) {
    if (result.error !== undefined) throw result.error;
    const { values } = result;
    const position = { fromStep: range.from, toStep: range.to };
    return { key, version, versionHash, request, answer, ...position, values };
  }
  throw new AppError("not-found", `no tile of that miner key=${key} miner_id=${minerId}`);
}

function validAnswer(published: PublishedRequest, minerId: number): ValidAnswerEntry {
  const { key, answers } = published;
  const answer = answers.find((entry) => entry.minerId === minerId);
  if (answer === undefined) {
    throw new AppError("not-found", `no answer of that miner key=${key} miner_id=${minerId}`, {
      hint: `see the miners with: foretile --store URL request show ${key}`,
    });
  }
  if (answer.status === "invalid") {
    throw new AppError(
      "not-found",
      `the miner's answer is invalid, so there is no tile key=${key} miner_id=${minerId} reason=${answer.reason}`,
    );
  }
  return answer;
}

function tileChunks(slice: TileSlice, format: Format): Iterable<string | Uint8Array> {
  if (format === "csv") return tileCsv(slice);
  return format === "json" ? tileJson(slice) : [tileNpy(slice)];
}

async function writeChunks(
  chunks: Iterable<string | Uint8Array>,
  path: string | undefined,
  { stdout, signal }: ProgramContext,
): Promise<void> {
  if (path === undefined) {
    for (const chunk of chunks) await writeText(stdout, chunk);
    return;
  }
  await using file = await open(path, "w");
  for (const chunk of chunks) {
    signal.throwIfAborted();
    await file.appendFile(chunk);
  }
}

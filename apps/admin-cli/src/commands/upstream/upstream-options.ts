import { AppError, type CommonOptions } from "@foretile/app-kit";
import type { ForecastRequest, LabelConfig, PredictionStore } from "@foretile/prediction-store";
import type { Command } from "commander";

import { parseTime } from "../../arguments/parse-time.ts";

/** Which rows of upstream's are meant. */
export interface UpstreamOptions extends CommonOptions {
  readonly table: string;
  readonly asset?: string;
  readonly from?: number;
  readonly to?: number;
}

/** Adds the options of a command that works on several requests of a table. */
export function addUpstreamOptions(command: Command): Command {
  return command
    .requiredOption("--table <name>", "the table of the store, such as low")
    .option("--asset <asset>", "only requests about this asset")
    .option("--from <time>", "only requests that start at this time or later", parseTime)
    .option("--to <time>", "only requests that start before this time", parseTime);
}

/** @throws {AppError} `not-found` for a label that the store does not have */
export async function findLabel(
  predictions: PredictionStore,
  name: string,
  signal: AbortSignal,
): Promise<LabelConfig> {
  const labels = await predictions.labels({ signal });
  const label = labels.find((known) => known.label === name);
  if (label !== undefined) return label;
  throw new AppError("not-found", `no such label label=${name}`, {
    hint: `known: ${labels.map((known) => known.label).join(", ")}`,
  });
}

/** The request that rows of an asset and a start belong to: rows themselves tell no sizes. */
export function requestOf(
  { label, timeIncrementSeconds, timeLengthSeconds, simulations }: LabelConfig,
  { asset, startUnixSeconds }: Pick<ForecastRequest, "asset" | "startUnixSeconds">,
): ForecastRequest {
  return { label, asset, startUnixSeconds, timeIncrementSeconds, timeLengthSeconds, simulations };
}

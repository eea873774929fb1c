import type { ProgramContext } from "@foretile/app-kit";
import type { Command } from "commander";

import { addQueryBandCommand } from "./band.ts";
import { addQueryCrossingsCommand } from "./crossings.ts";
import { addQueryMomentsCommand } from "./moments.ts";
import { addQueryPointsCommand } from "./points.ts";
import { addQueryQuantilesCommand } from "./quantiles.ts";
import { addQueryStepsCommand } from "./steps.ts";

/** `query`: questions about the paths of one request or of many. */
export function addQueryCommand(parent: Command, context: ProgramContext): void {
  const query = parent
    .command("query")
    .description("ask about the paths of requests: prices, quantiles, crossings, bands");
  addQueryStepsCommand(query, context);
  addQueryQuantilesCommand(query, context);
  addQueryMomentsCommand(query, context);
  addQueryCrossingsCommand(query, context);
  addQueryBandCommand(query, context);
  addQueryPointsCommand(query, context);
}

import {
  type CommonOptions,
  openPredictions,
  type ProgramContext,
  storeUrlOf,
} from "@foretile/app-kit";
import type { Command } from "commander";

import { createReporter } from "../output/reporter.ts";
import { moment } from "./option-parsers.ts";
import { showLeaderboard } from "./show-leaderboard.ts";

interface LeaderboardCommandOptions extends CommonOptions {
  readonly label?: string;
  readonly at?: number;
}

/** Adds `leaderboard` to the program. */
export function addLeaderboardCommand(program: Command, context: ProgramContext): void {
  const command = program
    .command("leaderboard")
    .description("moving averages and weights from the stored scores, per label and over all")
    .option("--label <label>", "only this label")
    .option(
      "--at <time>",
      "the moment to look back from (default: the end of the newest scored request)",
      moment,
    );
  command.action(async () => {
    await runLeaderboard(command.optsWithGlobals(), context);
  });
}

async function runLeaderboard(
  options: LeaderboardCommandOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  using reporter = createReporter(context);
  await showLeaderboard(opened, reporter, context, {
    label: options.label,
    atUnixSeconds: options.at,
    json: options.json === true,
  });
}

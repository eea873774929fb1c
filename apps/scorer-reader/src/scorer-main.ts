import { createCommandLine, type ProgramContext, runCommandLine } from "@foretile/app-kit";

import packageJson from "../package.json" with { type: "json" };
import { addLeaderboardCommand } from "./commands/leaderboard-command.ts";
import { addScoreCommand } from "./commands/score-command.ts";

/** The program, on any machine: tests bring their own streams and arguments. */
export async function scorerMain(context: ProgramContext): Promise<void> {
  const program = createCommandLine(context, {
    description: "Reads published requests back, scores every miner, and ranks them.",
    version: packageJson.version,
  });
  addScoreCommand(program, context);
  addLeaderboardCommand(program, context);
  await runCommandLine(program, context);
}

import { EXIT, type ProgramContext, writeJsonLine, writeText } from "@foretile/app-kit";
import type { PredictionStore } from "@foretile/prediction-store";

import { computeLeaderboard } from "../leaderboard/leaderboard.ts";
import { leaderboardLines } from "../output/leaderboard-lines.ts";
import { leaderboardTable } from "../output/leaderboard-table.ts";
import type { Reporter } from "../output/reporter.ts";

export interface ShowLeaderboardOptions {
  readonly label?: string | undefined;
  readonly atUnixSeconds?: number | undefined;
  readonly json: boolean;
}

/** Prints the leaderboard of the stored scores. Damage sets the exit code and is reported; the rest is shown. */
export async function showLeaderboard(
  predictions: PredictionStore,
  reporter: Reporter,
  context: ProgramContext,
  { label, atUnixSeconds, json }: ShowLeaderboardOptions,
): Promise<void> {
  const damage: Error[] = [];
  const leaderboard = await computeLeaderboard(predictions, {
    label,
    atUnixSeconds,
    signal: context.signal,
    onDamaged: (error) => damage.push(error),
  });
  for (const message of new Set(damage.map((error) => error.message))) {
    context.exitCode = EXIT.damaged;
    await reporter.warn("left out of the leaderboard, damaged", { error: message });
  }
  reporter.clear();
  if (leaderboard === undefined) {
    await reporter.warn("no scores are stored for a leaderboard", {});
  } else if (json) {
    for (const line of leaderboardLines(leaderboard)) await writeJsonLine(context.stdout, line);
  } else {
    await writeText(context.stdout, leaderboardTable(leaderboard));
  }
}

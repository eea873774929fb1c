import {
  EXIT,
  type OpenedPredictions,
  type ProgramContext,
  writeJsonLine,
  writeText,
} from "@foretile/app-kit";

import { computeLeaderboard } from "../leaderboard/leaderboard.ts";
import { openScoreTraces } from "../traces/open-score-traces.ts";
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
  { library, predictions }: OpenedPredictions,
  reporter: Reporter,
  context: ProgramContext,
  { label, atUnixSeconds, json }: ShowLeaderboardOptions,
): Promise<void> {
  const { signal } = context;
  const damage: Error[] = [];
  const damagedTraces: Error[] = [];
  const leaderboard = await computeLeaderboard(predictions, {
    label,
    atUnixSeconds,
    traces: await openScoreTraces(library, { signal }),
    signal,
    onDamaged: (error) => damage.push(error),
    onDamagedTraces: (error) => damagedTraces.push(error),
  });
  for (const { message } of damagedTraces) {
    await reporter.warn("traces are damaged, scores are read from their records", {
      error: message,
    });
  }
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

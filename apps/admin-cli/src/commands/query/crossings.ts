import { formatCount, formatUtc, type ProgramContext } from "@foretile/app-kit";
import {
  crossingDirections,
  queryCrossings,
  type CrossingDirection,
  type ForecastRequest,
} from "@foretile/prediction-store";
import { Option, type Command } from "commander";

import { parseAmount } from "../../arguments/parse-named.ts";
import { examples } from "../../output/examples.ts";
import { shareText } from "../../output/share-text.ts";
import { stepUnixSeconds } from "../../output/step-unix-seconds.ts";
import { addQueryOptions, type QueryOptions } from "./query-options.ts";
import { runQuery, type QueryKind } from "./run-query.ts";

interface CrossingsOptions extends QueryOptions {
  readonly level: number;
  readonly direction: CrossingDirection;
}

/** `query crossings`: the paths that cross a level, each with its first crossing. */
export function addQueryCrossingsCommand(parent: Command, context: ProgramContext): void {
  addQueryOptions(parent.command("crossings"))
    .description("count the paths that cross a level between two steps of the window")
    .requiredOption("--level <price>", "the level", parseAmount)
    .addOption(
      new Option("--direction <direction>", "up: from below to the level or above")
        .choices(crossingDirections)
        .default("either"),
    )
    .action((keys: readonly string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<CrossingsOptions>();
      return runQuery(crossingsKind(options), keys, options, context);
    })
    .addHelpText(
      "after",
      [
        "\nCSV has a row for each path that crosses, with its first crossing.",
        examples([
          "query crossings low/BTC#1512475200 --level 11800 --direction up",
          "query crossings --asset BTC --from 2017-12-05T13:00 --to 2017-12-05T15:00 --level 11800",
          "query crossings low/BTC#1512475200 --level 11800 --csv",
        ]),
      ].join("\n"),
    );
}

function crossingsKind({ level, direction }: CrossingsOptions): QueryKind {
  return {
    csvColumns: ["miner_id", "simulation", "step", "unix_seconds"],
    tableColumns: [
      { title: "MINER", align: "right" },
      { title: "CROSS", align: "right" },
      { title: "PATHS", align: "right" },
      { title: "SHARE", align: "right" },
      { title: "FIRST", align: "right" },
      { title: "TIME" },
    ],
    async *ask(published, steps, options) {
      const { request, shape } = published;
      let [crossed, paths, first] = [0, 0, Infinity];
      const query = { level, direction, steps };
      for await (const { answer, found, error } of queryCrossings(published, query, options)) {
        if (error !== undefined) {
          yield { error };
          continue;
        }
        const { simulations, firstSteps } = found;
        const { minerId } = answer;
        const { length } = simulations;
        const earliest = firstSteps.reduce((least, step) => Math.min(least, step), Infinity);
        [crossed, paths] = [crossed + length, paths + shape.simulations];
        first = Math.min(first, earliest);
        yield {
          document: {
            miner_id: minerId,
            level,
            direction,
            from_step: steps.from,
            to_step: steps.to,
            paths: shape.simulations,
            crossed: length,
            simulations: [...simulations],
            first_steps: [...firstSteps],
          },
          csvRows: Array.from(simulations, (simulation, index) => {
            const step = firstSteps[index] as number;
            return [minerId, simulation, step, stepUnixSeconds(request, step)];
          }),
          tableRows: [row(request, `${minerId}`, length, shape.simulations, earliest)],
        };
      }
      if (paths > 0)
        yield { tableRows: [row(request, "all", crossed, paths, first)], endsTile: false };
    },
  };
}

/** @param first earliest step of a crossing, where there is one */
function row(
  request: ForecastRequest,
  who: string,
  crossed: number,
  paths: number,
  first: number,
): string[] {
  const counts = [who, formatCount(crossed), formatCount(paths), shareText(crossed, paths)];
  if (crossed === 0) return [...counts, "-", "-"];
  return [...counts, first.toString(), formatUtc(stepUnixSeconds(request, first))];
}

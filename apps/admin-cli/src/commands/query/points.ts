import type { ProgramContext } from "@foretile/app-kit";
import { queryBandPoints } from "@foretile/prediction-store";
import type { Command } from "commander";

import { parseAmount } from "../../arguments/parse-named.ts";
import { examples } from "../../output/examples.ts";
import { singlePrecisionText } from "../../output/single-precision-text.ts";
import { stepUnixSeconds } from "../../output/step-unix-seconds.ts";
import { addQueryOptions, type QueryOptions } from "./query-options.ts";
import { runQuery, type QueryKind } from "./run-query.ts";

interface PointsOptions extends QueryOptions {
  readonly low?: number;
  readonly high?: number;
}

/** `query points`: the points inside a band, and no others. */
export function addQueryPointsCommand(parent: Command, context: ProgramContext): void {
  addQueryOptions(parent.command("points"))
    .description("print the points inside a band, ends included, as CSV or with --json")
    .option("--low <price>", "lower end of the band; open when missing", parseAmount)
    .option("--high <price>", "upper end of the band; open when missing", parseAmount)
    .action((keys: readonly string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<PointsOptions>();
      return runQuery(pointsKind(options), keys, options, context);
    })
    .addHelpText(
      "after",
      examples([
        "query points low/BTC#1512475200 --low 12500",
        "query points --asset BTC --from 2017-12-05T13:00 --to 2017-12-05T15:00 --low 11790 --high 11810",
      ]),
    );
}

function pointsKind({ low, high }: PointsOptions): QueryKind {
  return {
    csvColumns: ["miner_id", "step", "unix_seconds", "simulation", "value"],
    async *ask(published, steps, options) {
      const { request } = published;
      let lastMiner: number | undefined;
      const query = { low, high, steps };
      for await (const { answer, found, error } of queryBandPoints(published, query, options)) {
        if (error !== undefined) {
          yield { error };
          continue;
        }
        const { minerId } = answer;
        const prices = Array.from(found.values, singlePrecisionText);
        yield {
          document: {
            miner_id: minerId,
            steps: [...found.steps],
            simulations: [...found.simulations],
            values: prices.map(Number),
          },
          csvRows: prices.map((price, index) => {
            const step = found.steps[index] as number;
            const simulation = found.simulations[index] as number;
            return [minerId, step, stepUnixSeconds(request, step), simulation, price];
          }),
          endsTile: minerId !== lastMiner,
        };
        lastMiner = minerId;
      }
    },
  };
}

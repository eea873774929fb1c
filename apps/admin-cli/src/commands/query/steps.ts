import type { ProgramContext } from "@foretile/app-kit";
import { querySteps } from "@foretile/prediction-store";
import type { Command } from "commander";

import { parseNumbers } from "../../arguments/parse-number-list.ts";
import { parseStepList, stepsMeant } from "../../arguments/parse-step-list.ts";
import type { WantedSteps } from "../../arguments/parse-step-range.ts";
import { examples } from "../../output/examples.ts";
import { singlePrecisionText } from "../../output/single-precision-text.ts";
import { stepUnixSeconds } from "../../output/step-unix-seconds.ts";
import { addQueryOptions, type QueryOptions } from "./query-options.ts";
import { runQuery, type QueryKind } from "./run-query.ts";

interface StepsOptions extends QueryOptions {
  readonly steps?: readonly WantedSteps[];
  readonly simulations?: readonly number[];
}

/** `query steps`: prices of chosen steps and simulations. */
export function addQueryStepsCommand(parent: Command, context: ProgramContext): void {
  addQueryOptions(parent.command("steps"))
    .description("print the prices of chosen simulations at chosen steps, as CSV or with --json")
    .option("--steps <list>", "these steps instead of the window's: 0,144 or 0:32", parseStepList)
    .option("--simulations <list>", "only these paths: 0,7 or 0-9", parseNumbers)
    .action((keys: readonly string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<StepsOptions>();
      return runQuery(stepsKind(options), keys, options, context);
    })
    .addHelpText(
      "after",
      examples([
        "query steps low/BTC#1512475200 --steps 0,144,288",
        "query steps low/BTC#1512475200 --steps 288 --simulations 0-9 --miners 1012",
        "query steps --label low --asset BTC --from 2017-12-05T13:00 --to 2017-12-05T13:05",
      ]),
    );
}

function stepsKind({ steps: wanted, simulations: members }: StepsOptions): QueryKind {
  return {
    csvColumns: ["miner_id", "step", "unix_seconds", "simulation", "value"],
    async *ask(published, range, options) {
      const { shape, request } = published;
      const steps = wanted === undefined ? range : stepsMeant(wanted, shape.steps);
      const query = { steps, simulations: members };
      for await (const { answer, found, error } of querySteps(published, query, options)) {
        if (error !== undefined) {
          yield { error };
          continue;
        }
        const { minerId } = answer;
        const width = found.simulations.length;
        for (const [index, step] of found.steps.entries()) {
          const values = found.values.subarray(index * width, (index + 1) * width);
          const moment = stepUnixSeconds(request, step);
          const place = { miner_id: minerId, step, unix_seconds: moment };
          const csvRows = found.simulations.map((simulation, at) => {
            const price = singlePrecisionText(values[at] as number);
            return [minerId, step, moment, simulation, price];
          });
          yield {
            document: {
              ...place,
              ...(members === undefined ? {} : { simulations: found.simulations }),
              values: Array.from(values, shortest),
            },
            csvRows,
            endsTile: index === found.steps.length - 1,
          };
        }
      }
    },
  };
}

/** A double that prints as few digits as the float32 has. */
function shortest(value: number): number {
  return Number(singlePrecisionText(value));
}

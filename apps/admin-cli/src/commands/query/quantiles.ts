import { formatUtc, type ProgramContext } from "@foretile/app-kit";
import {
  queryPooledQuantiles,
  queryQuantiles,
  type PublishedRequest,
  type StepQuantiles,
} from "@foretile/prediction-store";
import type { Command } from "commander";

import { parseAmounts } from "../../arguments/parse-number-list.ts";
import { parseStepList, stepsMeant } from "../../arguments/parse-step-list.ts";
import type { WantedSteps } from "../../arguments/parse-step-range.ts";
import { examples } from "../../output/examples.ts";
import { priceText } from "../../output/price-text.ts";
import { stepUnixSeconds } from "../../output/step-unix-seconds.ts";
import { addQueryOptions, type QueryOptions } from "./query-options.ts";
import { runQuery, type QueryKind, type Told } from "./run-query.ts";

interface QuantilesOptions extends QueryOptions {
  readonly at: readonly number[];
  readonly steps?: readonly WantedSteps[];
  readonly pooled?: boolean;
}

/** `query quantiles`: of each miner's prices at each step, or of all miners' together. */
export function addQueryQuantilesCommand(parent: Command, context: ProgramContext): void {
  addQueryOptions(parent.command("quantiles"))
    .description("quantiles of the prices at each step, as numpy.quantile has them (type 7)")
    .option("--at <list>", "probabilities from 0 to 1", parseAmounts, [0.05, 0.25, 0.5, 0.75, 0.95])
    .option("--steps <list>", "these steps instead of the window's: 0,144 or 0:32", parseStepList)
    .option("--pooled", "of all miners' prices together instead of miner by miner")
    .action((keys: readonly string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<QuantilesOptions>();
      return runQuery(quantilesKind(options), keys, options, context);
    })
    .addHelpText(
      "after",
      examples([
        "query quantiles low/BTC#1512475200 --steps 288 --at 0.1,0.5,0.9",
        "query quantiles low/BTC#1512475200 --pooled --csv",
        "query quantiles --label low --from 2017-12-05 --to 2017-12-06 --relation within --pooled --steps 288",
      ]),
    );
}

function quantilesKind({ at, steps: wanted, pooled }: QuantilesOptions): QueryKind {
  return {
    csvColumns: ["miner_id", "step", "unix_seconds", ...at.map((probability) => `q${probability}`)],
    tableColumns: [
      { title: "MINER", align: "right" },
      { title: "STEP", align: "right" },
      { title: "TIME" },
      ...at.map((probability) => ({ title: `Q${probability}`, align: "right" }) as const),
    ],
    async *ask(published, range, options) {
      const steps = wanted === undefined ? range : stepsMeant(wanted, published.shape.steps);
      const query = { probabilities: at, steps };
      if (pooled === true) {
        const found = await queryPooledQuantiles(published, query, options);
        for (const { error } of found.damaged) yield { error };
        yield told(published, "all", { miner_ids: found.minerIds }, found);
        return;
      }
      for await (const { answer, found, error } of queryQuantiles(published, query, options)) {
        const { minerId } = answer;
        yield error === undefined
          ? told(published, `${minerId}`, { miner_id: minerId }, found)
          : { error };
      }
    },
  };
}

function told(
  { request }: PublishedRequest,
  who: string,
  facts: Record<string, unknown>,
  { steps, probabilities, quantiles }: StepQuantiles,
): Told {
  const width = probabilities.length;
  const rows = steps.map((step, index) => ({
    step,
    moment: stepUnixSeconds(request, step),
    values: [...quantiles.subarray(index * width, (index + 1) * width)],
  }));
  const document = { ...facts, probabilities, steps, quantiles: rows.map(({ values }) => values) };
  return {
    document,
    csvRows: rows.map(({ step, moment, values }) => [who, step, moment, ...values]),
    tableRows: rows.map(({ step, moment, values }) => [
      who,
      step.toString(),
      formatUtc(moment),
      ...values.map(priceText),
    ]),
  };
}

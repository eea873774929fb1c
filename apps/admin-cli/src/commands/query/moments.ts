import { formatUtc, type ProgramContext } from "@foretile/app-kit";
import {
  queryMoments,
  queryPooledMoments,
  type PublishedRequest,
  type StepMoments,
} from "@foretile/prediction-store";
import type { Command } from "commander";

import { parseStepList, stepsMeant } from "../../arguments/parse-step-list.ts";
import type { WantedSteps } from "../../arguments/parse-step-range.ts";
import { examples } from "../../output/examples.ts";
import { priceText } from "../../output/price-text.ts";
import { stepUnixSeconds } from "../../output/step-unix-seconds.ts";
import { addQueryOptions, type QueryOptions } from "./query-options.ts";
import { runQuery, type QueryKind, type Told } from "./run-query.ts";

interface MomentsOptions extends QueryOptions {
  readonly steps?: readonly WantedSteps[];
  readonly pooled?: boolean;
}

/** `query moments`: mean, variance, least and greatest price of each step. */
export function addQueryMomentsCommand(parent: Command, context: ProgramContext): void {
  addQueryOptions(parent.command("moments"))
    .description("mean, variance (STD in the table is its root), least and greatest price of steps")
    .option("--steps <list>", "these steps instead of the window's: 0,144 or 0:32", parseStepList)
    .option("--pooled", "of all miners' prices together instead of miner by miner")
    .action((keys: readonly string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<MomentsOptions>();
      return runQuery(momentsKind(options), keys, options, context);
    })
    .addHelpText(
      "after",
      examples([
        "query moments low/BTC#1512475200 --steps 0,144,288",
        "query moments low/BTC#1512475200 --pooled --json",
      ]),
    );
}

function momentsKind({ steps: wanted, pooled }: MomentsOptions): QueryKind {
  return {
    csvColumns: ["miner_id", "step", "unix_seconds", "count", "mean", "variance", "min", "max"],
    tableColumns: [
      { title: "MINER", align: "right" },
      { title: "STEP", align: "right" },
      { title: "TIME" },
      { title: "COUNT", align: "right" },
      { title: "MEAN", align: "right" },
      { title: "STD", align: "right" },
      { title: "MIN", align: "right" },
      { title: "MAX", align: "right" },
    ],
    async *ask(published, range, options) {
      const steps = wanted === undefined ? range : stepsMeant(wanted, published.shape.steps);
      if (pooled === true) {
        const found = await queryPooledMoments(published, { steps }, options);
        for (const { error } of found.damaged) yield { error };
        yield told(published, "all", { miner_ids: found.minerIds }, found);
        return;
      }
      for await (const { answer, found, error } of queryMoments(published, { steps }, options)) {
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
  { steps, count, means, variances, mins, maxs }: StepMoments,
): Told {
  const rows = steps.map((step, index) => ({
    step,
    moment: stepUnixSeconds(request, step),
    mean: means[index] as number,
    variance: variances[index] as number,
    min: mins[index] as number,
    max: maxs[index] as number,
  }));
  return {
    document: {
      ...facts,
      count,
      steps,
      means: [...means],
      variances: [...variances],
      mins: [...mins],
      maxs: [...maxs],
    },
    csvRows: rows.map(({ step, moment, mean, variance, min, max }) => {
      return [who, step, moment, count, mean, variance, min, max];
    }),
    tableRows: rows.map(({ step, moment, mean, variance, min, max }) => [
      who,
      step.toString(),
      formatUtc(moment),
      count.toString(),
      ...[mean, Math.sqrt(variance), min, max].map(priceText),
    ]),
  };
}

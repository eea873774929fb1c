import { formatCount, type ProgramContext } from "@foretile/app-kit";
import { queryBandPaths } from "@foretile/prediction-store";
import type { Command } from "commander";

import { parseAmount } from "../../arguments/parse-named.ts";
import { examples } from "../../output/examples.ts";
import { shareText } from "../../output/share-text.ts";
import { addQueryOptions, type QueryOptions } from "./query-options.ts";
import { runQuery, type QueryKind } from "./run-query.ts";

interface BandOptions extends QueryOptions {
  readonly low?: number;
  readonly high?: number;
}

/** `query band`: the paths that stay inside a band. */
export function addQueryBandCommand(parent: Command, context: ProgramContext): void {
  addQueryOptions(parent.command("band"))
    .description("count the paths that stay inside a band, ends included, at every step")
    .option("--low <price>", "lower end of the band; open when missing", parseAmount)
    .option("--high <price>", "upper end of the band; open when missing", parseAmount)
    .action((keys: readonly string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<BandOptions>();
      return runQuery(bandKind(options), keys, options, context);
    })
    .addHelpText(
      "after",
      [
        "\nCSV has a row for each path that stays inside.",
        examples([
          "query band low/BTC#1512475200 --low 11500 --high 11900",
          "query band --asset BTC --from 2017-12-05T13:00 --to 2017-12-05T15:00 --high 11900 --json",
        ]),
      ].join("\n"),
    );
}

function bandKind({ low, high }: BandOptions): QueryKind {
  return {
    csvColumns: ["miner_id", "simulation"],
    tableColumns: [
      { title: "MINER", align: "right" },
      { title: "INSIDE", align: "right" },
      { title: "PATHS", align: "right" },
      { title: "SHARE", align: "right" },
    ],
    async *ask(published, steps, options) {
      const { simulations } = published.shape;
      let [inside, paths] = [0, 0];
      const query = { low, high, steps };
      for await (const { answer, found, error } of queryBandPaths(published, query, options)) {
        if (error !== undefined) {
          yield { error };
          continue;
        }
        const { minerId } = answer;
        const { length } = found.simulations;
        [inside, paths] = [inside + length, paths + simulations];
        yield {
          document: {
            miner_id: minerId,
            low,
            high,
            from_step: steps.from,
            to_step: steps.to,
            paths: simulations,
            inside: length,
            simulations: [...found.simulations],
          },
          csvRows: Array.from(found.simulations, (simulation) => [minerId, simulation]),
          tableRows: [row(`${minerId}`, length, simulations)],
        };
      }
      if (paths > 0) yield { tableRows: [row("all", inside, paths)], endsTile: false };
    },
  };
}

function row(who: string, inside: number, paths: number): string[] {
  return [who, formatCount(inside), formatCount(paths), shareText(inside, paths)];
}

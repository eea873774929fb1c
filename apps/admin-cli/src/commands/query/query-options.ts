import type { CommonOptions } from "@foretile/app-kit";
import { timeRelations, type TimeRelation } from "@foretile/prediction-store";
import type { AsOf } from "@foretile/version-store";
import { Option, type Command } from "commander";

import { AS_OF_HELP, parseAsOf } from "../../arguments/parse-as-of.ts";
import { parseNumbers } from "../../arguments/parse-number-list.ts";
import { parseTime } from "../../arguments/parse-time.ts";

/** What every query can be told: which requests, which of their steps and miners, and how to print it. */
export interface QueryOptions extends CommonOptions {
  readonly label?: string;
  readonly asset?: string;
  readonly from?: number;
  readonly to?: number;
  readonly relation: TimeRelation;
  readonly whole?: boolean;
  readonly asOf?: AsOf;
  readonly miners?: readonly number[];
  readonly csv?: boolean;
}

/** Adds the options of {@link QueryOptions} and the keys to a query. */
export function addQueryOptions(command: Command): Command {
  return command
    .argument("[keys...]", "these requests (LABEL/ASSET#UNIX); all of the store when missing")
    .option("--label <label>", "only requests of this label")
    .option("--asset <asset>", "only requests of this asset")
    .option("--from <time>", "window: from this time on (ISO 8601 or unix seconds)", parseTime)
    .option("--to <time>", "window: before this time", parseTime)
    .addOption(
      new Option("--relation <relation>", "how a request's steps lie to the window")
        .choices(timeRelations)
        .default("intersects"),
    )
    .option("--whole", "look at all steps of these requests, not only at those in the window")
    .addOption(new Option("--as-of <version>", AS_OF_HELP).argParser(parseAsOf))
    .option("--miners <ids>", "only these miners: 1012,1015 or 1000-1019", parseNumbers)
    .option("--csv", "print CSV: a row for each thing that was found");
}

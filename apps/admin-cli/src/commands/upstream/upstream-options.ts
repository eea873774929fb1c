import type { CommonOptions } from "@foretile/app-kit";
import type { Command } from "commander";

import { parseTime } from "../../arguments/parse-time.ts";

/** Which rows of upstream's are meant. */
export interface UpstreamOptions extends CommonOptions {
  readonly table: string;
  readonly asset?: string;
  readonly from?: number;
  readonly to?: number;
}

/** Adds the options of a command that works on several requests of a table. */
export function addUpstreamOptions(command: Command): Command {
  return command
    .requiredOption("--table <name>", "the table of the store, such as low")
    .option("--asset <asset>", "only requests about this asset")
    .option("--from <time>", "only requests that start at this time or later", parseTime)
    .option("--to <time>", "only requests that start before this time", parseTime);
}

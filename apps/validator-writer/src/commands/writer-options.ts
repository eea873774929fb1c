import type { TileMode } from "@foretile/codecs";
import { Option, type Command } from "commander";

import { wholeNumber } from "./whole-number.ts";

/** The options that both ways in share. */
export interface WriterOptions {
  readonly codec: TileMode;
  readonly maxOpenRequests: number;
}

/** Adds the shared options to a command. */
export function addWriterOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--codec <mode>", "how tiles are packed; all are lossless")
        .choices(["pack", "decimal", "split", "lz4", "raw"] satisfies readonly TileMode[])
        .default("pack"),
    )
    .option(
      "--max-open-requests <count>",
      "refuse to open more requests at one time",
      wholeNumber(1, 10_000),
      64,
    );
}

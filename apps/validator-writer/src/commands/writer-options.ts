import { catalogOptionHelp, type CatalogOptions } from "@foretile/app-kit";
import type { TileMode } from "@foretile/codecs";
import { Option, type Command } from "commander";

import { defaultThreadCount, MAX_THREADS } from "../packing/open-desk.ts";
import { wholeNumber } from "./whole-number.ts";

/** The options that both ways in share. */
export interface WriterOptions extends CatalogOptions {
  readonly codec: TileMode;
  readonly threads: number;
  readonly maxOpenRequests: number;
  readonly journal?: string;
  readonly journalBytes: number;
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
      "--threads <count>",
      `how many answers to read and pack at once, up to ${MAX_THREADS}`,
      wholeNumber(1, MAX_THREADS),
      defaultThreadCount(),
    )
    .option(
      "--max-open-requests <count>",
      "refuse to open more requests at one time",
      wholeNumber(1, 10_000),
      64,
    )
    .option("--catalog <url>", `save requests to a catalog, too: ${catalogOptionHelp()}`)
    .option(
      "--journal <folder>",
      "keep what cannot be saved while the store or the catalog is away, and save it later",
    )
    .option(
      "--journal-bytes <bytes>",
      "the most bytes of the journal, open requests included",
      wholeNumber(1024 * 1024, 1024 ** 5),
      8 * 1024 ** 3,
    );
}

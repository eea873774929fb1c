import { AppError } from "@foretile/app-kit";
import type { RetentionPolicy } from "@foretile/version-store";
import type { Command } from "commander";

import { parseDuration } from "./parse-duration.ts";
import { wholeFrom } from "./parse-whole.ts";

/** The rules as they were given; durations in milliseconds. */
export interface RetentionOptions {
  readonly keepLast?: number;
  readonly keepFor?: number;
  readonly keepEvery?: number;
  readonly for?: number;
  readonly keepNewestOlderThan?: number;
}

/** Adds the options of a command that keeps versions by rules. */
export function addRetentionOptions(command: Command): Command {
  return command
    .option("--keep-last <number>", "keep so many of the newest", wholeFrom(1))
    .option("--keep-for <duration>", "keep what is younger than this", parseDuration)
    .option("--keep-every <duration>", "keep the newest of every hour, day, …", parseDuration)
    .option("--for <duration>", "with --keep-every: of what is younger than this", parseDuration)
    .option(
      "--keep-newest-older-than <duration>",
      "keep what is younger than this, and the newest of what is older",
      parseDuration,
    );
}

/** @throws {AppError} `usage` without a rule */
export function retentionPolicy(options: RetentionOptions): RetentionPolicy {
  const { keepLast, keepFor, keepEvery, for: forMs, keepNewestOlderThan } = options;
  if (forMs !== undefined && keepEvery === undefined) {
    throw new AppError("usage", "--for belongs to --keep-every");
  }
  if ([keepLast, keepFor, keepEvery, keepNewestOlderThan].every((rule) => rule === undefined)) {
    throw new AppError("usage", "no rule says what to keep", {
      hint: "add --keep-last, --keep-for, --keep-every or --keep-newest-older-than",
    });
  }
  return {
    keepLast,
    keepForMs: keepFor,
    keepEvery: keepEvery === undefined ? undefined : { bucketMs: keepEvery, forMs },
    keepNewestOlderThanMs: keepNewestOlderThan,
  };
}

import type { Command } from "commander";

/** Who commits and why, for the record. */
export interface CommitWords {
  readonly user?: string;
  readonly message?: string;
}

/** Adds the options of a command that makes a version. */
export function addCommitWords(command: Command): Command {
  return command
    .option("--user <user>", "who does it, for the audit")
    .option("--message <message>", "why, for the audit");
}

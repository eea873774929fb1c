import {
  formatTable,
  formatUtc,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { AuditEntry } from "@foretile/version-store";
import type { Command } from "commander";

import { collectTexts } from "../arguments/collect-texts.ts";
import { parseMoment } from "../arguments/parse-moment.ts";
import { wholeFrom } from "../arguments/parse-whole.ts";
import { examples } from "../output/examples.ts";
import { printable } from "../output/printable.ts";
import { tellDamaged } from "../output/tell-damaged.ts";
import { wordsCell } from "../output/version-entry.ts";

interface AuditCommandOptions extends CommonOptions {
  readonly symbol?: readonly string[];
  readonly user?: string;
  readonly message?: string;
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
}

/** `audit`: who changed what, when and why, newest first. */
export function addAuditCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("audit")
    .description("tell who changed what, when and why, newest first")
    .option("--symbol <symbol>", "only this symbol; may be given several times", collectTexts)
    .option("--user <user>", "only by exactly this user")
    .option("--message <message>", "only with exactly this message")
    .option("--from <time>", "only from this time on (ISO 8601)", parseMoment)
    .option("--to <time>", "only before this time", parseMoment)
    .option("--limit <number>", "at most so many (default: 1000)", wholeFrom(1))
    .action((_options: unknown, command: Command) =>
      runAudit(command.optsWithGlobals<AuditCommandOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts audit --from 2026-01-01 --to 2026-02-01",
        "--store lmdb:./forecasts audit --symbol labels --user ops --json",
      ]),
    );
}

async function runAudit(options: AuditCommandOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout } = context;
  const { symbol: symbols, user, message, from, to, limit } = options;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const wanted = { symbols, user, message, from, to, limit, signal };
  const { entries, damaged } = await opened.library.audit(wanted);
  if (options.json === true) {
    for (const entry of entries) await writeJsonLine(stdout, auditDocument(entry));
  } else {
    const text =
      entries.length === 0 ? "no changes\n" : formatTable(columns, entries.map(auditRow));
    await writeText(stdout, text);
  }
  for (const { error } of damaged) tellDamaged(context, "a symbol", error);
}

const columns = [
  { title: "COMMITTED" },
  { title: "SYMBOL" },
  { title: "VERSION", align: "right" },
  { title: "OPERATION" },
  { title: "USER" },
  { title: "MESSAGE" },
] as const;

function auditRow(entry: AuditEntry): string[] {
  return [
    formatUtc(Math.floor(entry.committedAtMs / 1000)),
    printable(entry.symbol),
    entry.version.toString(),
    entry.operation,
    wordsCell(entry.user),
    wordsCell(entry.message),
  ];
}

function auditDocument(entry: AuditEntry): Record<string, unknown> {
  return {
    committed_at: new Date(entry.committedAtMs).toISOString(),
    symbol: entry.symbol,
    version: entry.version,
    from_version: entry.fromVersion,
    commit_id: entry.commitId,
    operation: entry.operation,
    user: entry.user,
    message: entry.message,
  };
}

import {
  AppError,
  formatBytes,
  formatUtc,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { CommitResult, Library, LibraryTimes } from "@foretile/version-store";
import type { Command } from "commander";

import { addCommitWords, type CommitWords } from "../../arguments/commit-words.ts";
import { countOf } from "../../output/count-of.ts";
import { NOTHING_CHANGED, YES_HELP } from "../../output/dry-run.ts";
import { examples } from "../../output/examples.ts";
import { formatSpan } from "../../output/format-span.ts";
import { printable } from "../../output/printable.ts";

interface SymbolDeleteOptions extends CommonOptions, CommitWords {
  readonly hard?: boolean;
  readonly yes?: boolean;
}

/** What a deletion takes from a symbol. */
interface Loss {
  readonly removedVersions: number;
  /** Versions that stay readable because snapshots pin them. */
  readonly pinnedVersions: number;
  readonly storedBytes: number;
}

/** `symbol delete`: a version that says that there is no value any more. */
export function addSymbolDeleteCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("delete")
    .description("delete a symbol with all versions that no snapshot pins")
    .argument("<symbol>", "as symbol list prints it")
    .option("--hard", "can be taken back for the grace time only")
    .option("--yes", YES_HELP);
  addCommitWords(command)
    .action((symbol: string, _options: unknown, self: Command) =>
      runSymbolDelete(symbol, self.optsWithGlobals<SymbolDeleteOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts symbol delete request/low/BTC#1512475200",
        "--store lmdb:./forecasts symbol delete request/low/BTC#1512475200 --yes --user ops",
      ]),
    );
}

async function runSymbolDelete(
  symbol: string,
  options: SymbolDeleteOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  const { hard = false, yes = false, user, message } = options;
  const access = yes ? "write" : "read";
  await using opened = await openPredictions(storeUrlOf(options, context), access, { signal });
  const { library } = opened;
  const loss = await lossOf(library, symbol, signal);
  const result = yes ? await library.delete(symbol, { hard, user, message, signal }) : undefined;
  const spanMs = undeleteSpan(library.config.times, hard);
  if (options.json === true) {
    await writeJsonLine(stdout, lossDocument(symbol, loss, spanMs, result));
  } else {
    await writeText(stdout, lossText(symbol, loss, spanMs, result));
  }
}

/** @throws {AppError} `not-found` when there is nothing to delete */
async function lossOf(library: Library, symbol: string, signal: AbortSignal): Promise<Loss> {
  const loss = { removedVersions: 0, pinnedVersions: 0, storedBytes: 0 };
  for await (const batch of library.listVersions(symbol, { signal })) {
    for (const { deleted, snapshots, storedBytes } of batch) {
      if (deleted && loss.removedVersions + loss.pinnedVersions === 0) throw nothing(symbol);
      if (deleted) continue;
      if (snapshots.length > 0) {
        loss.pinnedVersions += 1;
      } else {
        loss.removedVersions += 1;
        loss.storedBytes += storedBytes;
      }
    }
  }
  if (loss.removedVersions + loss.pinnedVersions === 0) throw nothing(symbol);
  return loss;
}

function nothing(symbol: string): AppError {
  const name = JSON.stringify(printable(symbol));
  return new AppError("not-found", `there is no such symbol, or it is deleted symbol=${name}`, {
    hint: "see what there is with: foretile --store URL symbol list --deleted",
  });
}

/** No collection deletes anything before the grace time is over. */
function undeleteSpan({ graceMs, undeleteMs }: LibraryTimes, hard: boolean): number {
  return hard ? graceMs : Math.max(graceMs, undeleteMs);
}

function lossDocument(
  symbol: string,
  loss: Loss,
  spanMs: number,
  result: CommitResult | undefined,
): Record<string, unknown> {
  return {
    dry_run: result === undefined,
    symbol,
    version: result?.version,
    removed_versions: loss.removedVersions,
    pinned_versions: loss.pinnedVersions,
    stored_bytes: loss.storedBytes,
    undelete_ms: spanMs,
    undelete_until: result && new Date(result.committedAtMs + spanMs).toISOString(),
  };
}

function lossText(
  symbol: string,
  loss: Loss,
  spanMs: number,
  result: CommitResult | undefined,
): string {
  const versions = `${countOf(loss.removedVersions, "version")}, ${formatBytes(loss.storedBytes)}`;
  const pinned =
    loss.pinnedVersions === 0
      ? ""
      : `what snapshots pin stays readable: ${countOf(loss.pinnedVersions, "version")}\n`;
  if (result === undefined) {
    const back = `it could be taken back for ${formatSpan(spanMs)}`;
    return `would delete ${printable(symbol)}: ${versions}; ${back}\n${pinned}${NOTHING_CHANGED}`;
  }
  const until = formatUtc(Math.floor((result.committedAtMs + spanMs) / 1000));
  return `deleted ${printable(symbol)} by version ${result.version}: ${versions}; can be taken back until ${until} at least\n${pinned}`;
}

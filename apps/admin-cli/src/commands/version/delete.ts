import {
  AppError,
  formatBytes,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import { VersionStoreError, type Library, type ListedVersion } from "@foretile/version-store";
import type { Command } from "commander";

import { wholeFrom } from "../../arguments/parse-whole.ts";
import { findVersion } from "../../lookup/find-version.ts";
import { NOTHING_CHANGED, YES_HELP } from "../../output/dry-run.ts";
import { examples } from "../../output/examples.ts";
import { formatSpan } from "../../output/format-span.ts";
import { printable } from "../../output/printable.ts";

interface VersionDeleteOptions extends CommonOptions {
  readonly allowNewest?: boolean;
  readonly yes?: boolean;
}

/** `version delete`: one version that no snapshot pins. */
export function addVersionDeleteCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("delete")
    .description("delete one version; it cannot be read any more at once, nor be taken back")
    .argument("<symbol>", "as symbol list prints it")
    .argument("<version>", "its number", wholeFrom(1))
    .option("--allow-newest", "it may be the newest; the one before it is the newest then")
    .option("--yes", YES_HELP)
    .action((symbol: string, version: number, _options: unknown, command: Command) =>
      runVersionDelete(symbol, version, command.optsWithGlobals<VersionDeleteOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts version delete labels 3",
        "--store lmdb:./forecasts version delete labels 3 --yes",
      ]),
    );
}

async function runVersionDelete(
  symbol: string,
  version: number,
  options: VersionDeleteOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  const { allowNewest: allowLatest = false, yes = false } = options;
  const access = yes ? "write" : "read";
  await using opened = await openPredictions(storeUrlOf(options, context), access, { signal });
  const { library } = opened;
  const { storedBytes } = await deletable(library, symbol, version, allowLatest, signal);
  if (yes) await library.deleteVersion(symbol, version, { allowLatest, signal });
  if (options.json === true) {
    await writeJsonLine(stdout, { dry_run: !yes, symbol, version, stored_bytes: storedBytes });
    return;
  }
  const what = `version ${version} of ${printable(symbol)}, ${formatBytes(storedBytes)}`;
  const stays = `a collection may free its bytes after ${formatSpan(library.config.times.graceMs)}`;
  await writeText(
    stdout,
    yes ? `deleted ${what}; ${stays}\n` : `would delete ${what}; ${stays}\n${NOTHING_CHANGED}`,
  );
}

/**
 * The version, when it may be deleted. The library asks the same again, of what is there then.
 *
 * @throws as `library.deleteVersion`, in words of the command line
 */
async function deletable(
  library: Library,
  symbol: string,
  version: number,
  allowNewest: boolean,
  signal: AbortSignal,
): Promise<ListedVersion> {
  const place = `symbol=${JSON.stringify(printable(symbol))} version=${version}`;
  const listed = await findVersion(library, symbol, version, signal);
  if (listed === undefined || listed.deleted) {
    throw new AppError("not-found", `symbol has no such version ${place}`, {
      hint: "see what there is with: foretile --store URL version list SYMBOL",
    });
  }
  if (listed.snapshots.length > 0) {
    const names = JSON.stringify(listed.snapshots.map(printable));
    throw new VersionStoreError(
      "version-pinned",
      `snapshots pin the version ${place} snapshots=${names}`,
    );
  }
  if (!allowNewest && (await newestVersion(library, symbol, signal)) === version) {
    throw new AppError("usage", `version is the newest ${place}`, {
      hint: "add --allow-newest to make the version before it the newest",
    });
  }
  return listed;
}

async function newestVersion(
  library: Library,
  symbol: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const newest = { latestOnly: true, includeDeleted: true, skipSnapshots: true, signal };
  for await (const [entry] of library.listVersions(symbol, newest)) return entry?.version;
  return undefined;
}

import {
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import { toHex, type AsOf } from "@foretile/version-store";
import type { Command } from "commander";

import { addCommitWords, type CommitWords } from "../../arguments/commit-words.ts";
import { AS_OF_HELP, parseAsOf } from "../../arguments/parse-as-of.ts";
import { examples } from "../../output/examples.ts";
import { printable } from "../../output/printable.ts";

interface VersionRestoreOptions extends CommonOptions, CommitWords {
  readonly asOf: AsOf;
}

/** `version restore`: an earlier version becomes the newest, as a version of its own. */
export function addVersionRestoreCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("restore")
    .description("make an earlier version the newest, as the next version; nothing is copied")
    .argument("<symbol>", "as symbol list prints it")
    .requiredOption("--as-of <version>", AS_OF_HELP, parseAsOf);
  addCommitWords(command)
    .action((symbol: string, _options: unknown, self: Command) =>
      runVersionRestore(symbol, self.optsWithGlobals<VersionRestoreOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts version restore labels --as-of -2 --user ops",
        "--store lmdb:./forecasts version restore request/low/BTC#1512475200 --as-of snapshot:2026-01",
      ]),
    );
}

async function runVersionRestore(
  symbol: string,
  options: VersionRestoreOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  const { asOf, user, message } = options;
  await using opened = await openPredictions(storeUrlOf(options, context), "write", { signal });
  const result = await opened.library.restoreVersion(symbol, asOf, { user, message, signal });
  const { version, changed } = result;
  if (options.json === true) {
    const contentHash = toHex(result.contentHash);
    await writeJsonLine(stdout, { symbol, version, changed, content_hash: contentHash });
    return;
  }
  await writeText(
    stdout,
    changed
      ? `restored ${printable(symbol)} as version ${version}\n`
      : `version ${version} of ${printable(symbol)} is the newest already; nothing was changed\n`,
  );
}

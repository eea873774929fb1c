import {
  formatBytes,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { Library } from "@foretile/version-store";
import type { Command } from "commander";

import { countOf } from "../../output/count-of.ts";
import { NOTHING_CHANGED, YES_HELP } from "../../output/dry-run.ts";
import { examples } from "../../output/examples.ts";
import { formatSpan } from "../../output/format-span.ts";
import { printable } from "../../output/printable.ts";

interface SnapshotDeleteOptions extends CommonOptions {
  readonly yes?: boolean;
}

/** What a snapshot pins, others may pin it too. */
interface Pinned {
  readonly versions: number;
  readonly storedBytes: number;
}

/** `snapshot delete`: the name, not the versions; what only it kept is collected later. */
export function addSnapshotDeleteCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("delete")
    .description("delete a snapshot; what only it kept is freed by a later collection")
    .argument("<name>", "as snapshot list prints it")
    .option("--yes", YES_HELP)
    .action((name: string, _options: unknown, command: Command) =>
      runSnapshotDelete(name, command.optsWithGlobals<SnapshotDeleteOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts snapshot delete 2026-01",
        "--store lmdb:./forecasts snapshot delete 2026-01 --yes",
      ]),
    );
}

async function runSnapshotDelete(
  name: string,
  options: SnapshotDeleteOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  const { yes = false } = options;
  const access = yes ? "write" : "read";
  await using opened = await openPredictions(storeUrlOf(options, context), access, { signal });
  const { library } = opened;
  const pinned = await pinnedBy(library, name, signal);
  if (yes) await library.deleteSnapshot(name, { signal });
  if (options.json === true) {
    await writeJsonLine(stdout, {
      dry_run: !yes,
      name,
      versions: pinned.versions,
      stored_bytes: pinned.storedBytes,
    });
    return;
  }
  const what = `${countOf(pinned.versions, "version")}, ${formatBytes(pinned.storedBytes)}`;
  const grace = formatSpan(library.config.times.graceMs);
  const later = `what nothing else keeps may be freed by a collection after ${grace}`;
  await writeText(
    stdout,
    yes
      ? `deleted snapshot ${printable(name)}, which pinned ${what}; ${later}\n`
      : `would delete snapshot ${printable(name)}, which pins ${what}; ${later}\n${NOTHING_CHANGED}`,
  );
}

/** @throws {VersionStoreError} `no-such-snapshot`, `data-integrity` */
async function pinnedBy(library: Library, name: string, signal: AbortSignal): Promise<Pinned> {
  const pinned = { versions: 0, storedBytes: 0 };
  for await (const batch of library.listSnapshotSymbols(name, { signal })) {
    pinned.versions += batch.length;
    for (const { entry } of batch) pinned.storedBytes += entry.storedBytes;
  }
  return pinned;
}

import {
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { Command } from "commander";

import { parseMetadata, type JsonValue } from "../../arguments/parse-metadata.ts";
import { countOf } from "../../output/count-of.ts";
import { examples } from "../../output/examples.ts";
import { printable } from "../../output/printable.ts";
import { snapshotDocument } from "../../output/snapshot.ts";

interface SnapshotCreateOptions extends CommonOptions {
  readonly prefix?: string;
  readonly metadata?: JsonValue;
  readonly immutable?: boolean;
}

/** `snapshot create`: pins the newest version of every symbol. */
export function addSnapshotCreateCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("create")
    .description("pin the newest version of every symbol under a name")
    .argument("<name>", "the snapshot's name")
    .option("--prefix <prefix>", "only symbols that start with this")
    .option("--metadata <json>", "words of yours, as JSON", parseMetadata)
    .option("--immutable", "the name can never be used again, even once the snapshot is deleted")
    .action((name: string, _options: unknown, command: Command) =>
      runSnapshotCreate(name, command.optsWithGlobals<SnapshotCreateOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts snapshot create 2026-01",
        `--store lmdb:./forecasts snapshot create audit --prefix request/low/ --metadata '{"by":"ops"}'`,
      ]),
    );
}

async function runSnapshotCreate(
  name: string,
  options: SnapshotCreateOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  const { prefix, metadata, immutable } = options;
  await using opened = await openPredictions(storeUrlOf(options, context), "write", { signal });
  const { library } = opened;
  const info = await library.snapshot(name, { prefix, metadata, immutable, signal });
  if (options.json === true) {
    await writeJsonLine(stdout, snapshotDocument(info));
    return;
  }
  const symbols = countOf(info.symbolCount, "symbol");
  await writeText(stdout, `made snapshot ${printable(name)}: ${symbols}\n`);
}

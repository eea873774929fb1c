import {
  formatBytes,
  formatCount,
  formatUtc,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import { formatOf, type Library, type LibraryConfig } from "@foretile/version-store";
import type { Command } from "commander";

import { examples } from "../../output/examples.ts";
import { formatFields } from "../../output/format-fields.ts";
import { formatSpan } from "../../output/format-span.ts";
import { tellDamaged } from "../../output/tell-damaged.ts";

interface Counts {
  symbols: number;
  deletedSymbols: number;
  snapshots: number;
}

/** `library show`: what was fixed when the library was made, and how much there is in it. */
export function addLibraryShowCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("show")
    .description("show what the library was made with, and count its symbols and snapshots")
    .action((_options: unknown, command: Command) =>
      runLibraryShow(command.optsWithGlobals<CommonOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts library show",
        "--store lmdb:./forecasts library show --json",
      ]),
    );
}

async function runLibraryShow(options: CommonOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const { config } = opened.library;
  const counts = await count(opened.library, context);
  if (options.json === true) await writeJsonLine(stdout, libraryDocument(config, counts));
  else await writeText(stdout, libraryText(config, counts));
}

async function count(library: Library, context: ProgramContext): Promise<Counts> {
  const { signal } = context;
  const counts: Counts = { symbols: 0, deletedSymbols: 0, snapshots: 0 };
  for await (const batch of library.listSymbols({ includeDeleted: true, signal })) {
    for (const entry of batch) {
      if (entry.symbol === undefined) tellDamaged(context, "a symbol", entry.error);
      else if (entry.newest.operation === "delete") counts.deletedSymbols += 1;
      else counts.symbols += 1;
    }
  }
  for await (const batch of library.listSnapshots({ signal })) {
    for (const entry of batch) {
      if (entry.name === undefined) tellDamaged(context, "a snapshot", entry.error);
      else counts.snapshots += 1;
    }
  }
  return counts;
}

function libraryDocument(config: LibraryConfig, counts: Counts): Record<string, unknown> {
  const { id, createdAtMs, times, composition, quotaBytes } = config;
  return {
    id,
    format: formatOf(config),
    created_at: new Date(createdAtMs).toISOString(),
    preset: composition.preset,
    handlers: composition.handlers,
    codecs: composition.codecs,
    target_bytes: composition.targetBytes,
    placement: composition.placement,
    pack_bytes: composition.packBytes,
    grace_ms: times.graceMs,
    undelete_ms: times.undeleteMs,
    transaction_lifetime_ms: times.transactionLifetimeMs,
    stage_lifetime_ms: times.stageLifetimeMs,
    quota_bytes: quotaBytes,
    symbols: counts.symbols,
    deleted_symbols: counts.deletedSymbols,
    snapshots: counts.snapshots,
  };
}

function libraryText(config: LibraryConfig, counts: Counts): string {
  const { times, composition, quotaBytes } = config;
  const codecs = composition.codecs.length === 0 ? "no codec" : composition.codecs.join(" ");
  return formatFields(config.id, [
    ["format", formatOf(config).toString()],
    ["created", formatUtc(Math.floor(config.createdAtMs / 1000))],
    ["preset", composition.preset ?? "custom"],
    ["values", composition.handlers.join(" ")],
    ["segments", `${formatBytes(composition.targetBytes)}, ${codecs}`],
    ["placement", placementText(composition)],
    ["grace", `${formatSpan(times.graceMs)}: removed versions stay this long`],
    ["undelete", `${formatSpan(times.undeleteMs)}: a deleted symbol can be taken back this long`],
    ["transaction", `${formatSpan(times.transactionLifetimeMs)}: given up after this`],
    ["stage", `${formatSpan(times.stageLifetimeMs)}: staged data is given up after this`],
    ["quota", quotaBytes === undefined ? "none" : formatBytes(quotaBytes)],
    [
      "symbols",
      `${formatCount(counts.symbols)}, and ${formatCount(counts.deletedSymbols)} deleted`,
    ],
    ["snapshots", formatCount(counts.snapshots)],
  ]);
}

function placementText({ placement, packBytes }: LibraryConfig["composition"]): string {
  return packBytes === undefined ? placement : `${placement} of up to ${formatBytes(packBytes)}`;
}

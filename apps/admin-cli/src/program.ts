import { createCommandLine, runCommandLine, type ProgramContext } from "@foretile/app-kit";
import type { Command } from "commander";

import { addAuditCommand } from "./commands/audit.ts";
import { addCatalogFreeCommand } from "./commands/catalog/free.ts";
import { addCatalogInitCommand } from "./commands/catalog/init.ts";
import { addCatalogMinersCommand } from "./commands/catalog/miners.ts";
import { addCatalogRequestsCommand } from "./commands/catalog/requests.ts";
import { addCatalogRetainCommand } from "./commands/catalog/retain.ts";
import { addCatalogScoresCommand } from "./commands/catalog/scores.ts";
import { addCatalogShowCommand } from "./commands/catalog/show.ts";
import { addCatalogTaperCommand } from "./commands/catalog/taper.ts";
import { addCatalogUndeleteCommand } from "./commands/catalog/undelete.ts";
import { addCollectCommand } from "./commands/collect.ts";
import { addCopyCommand } from "./commands/copy.ts";
import { addCostCommand } from "./commands/cost.ts";
import { addFsckCommand } from "./commands/fsck/fsck.ts";
import { addImportCommand } from "./commands/import.ts";
import { addInitCommand } from "./commands/init.ts";
import { addLabelListCommand } from "./commands/label/list.ts";
import { addLibraryShowCommand } from "./commands/library/show.ts";
import { addProbeCommand } from "./commands/probe.ts";
import { addProvisionCommand } from "./commands/provision.ts";
import { addPruneCommand } from "./commands/prune.ts";
import { addQueryCommand } from "./commands/query/query.ts";
import { addRequestListCommand } from "./commands/request/list.ts";
import { addRequestShowCommand } from "./commands/request/show.ts";
import { addSnapshotCreateCommand } from "./commands/snapshot/create.ts";
import { addSnapshotDeleteCommand } from "./commands/snapshot/delete.ts";
import { addSnapshotListCommand } from "./commands/snapshot/list.ts";
import { addSnapshotShowCommand } from "./commands/snapshot/show.ts";
import { addStatsCommand } from "./commands/stats.ts";
import { addSymbolDeleteCommand } from "./commands/symbol/delete.ts";
import { addSymbolListCommand } from "./commands/symbol/list.ts";
import { addSymbolShowCommand } from "./commands/symbol/show.ts";
import { addSymbolUndeleteCommand } from "./commands/symbol/undelete.ts";
import { addTileShowCommand } from "./commands/tile/show.ts";
import { addTraceCommand } from "./commands/trace/trace.ts";
import { addUpstreamImportCommand } from "./commands/upstream/import.ts";
import { addUpstreamListCommand } from "./commands/upstream/list.ts";
import { addUpstreamShowCommand } from "./commands/upstream/show.ts";
import { addVerifyCommand } from "./commands/verify.ts";
import { addVersionDeleteCommand } from "./commands/version/delete.ts";
import { addVersionListCommand } from "./commands/version/list.ts";
import { addVersionRestoreCommand } from "./commands/version/restore.ts";
import { addVersionShowCommand } from "./commands/version/show.ts";
import { examples } from "./output/examples.ts";
import { VERSION } from "./version.ts";

/** The `foretile` program. */
export async function main(context: ProgramContext): Promise<void> {
  const program = createCommandLine(context, {
    description: "Provision, inspect and verify a store of forecasts",
    version: VERSION,
  });
  addInitCommand(program, context);
  addProvisionCommand(program, context);
  addProbeCommand(program, context);
  addCostCommand(program, context);
  addDomainCommands(program, context);
  addCatalogCommands(program, context);
  addLibraryCommands(program, context);
  addMaintenanceCommands(program, context);
  addUpstreamCommands(program, context);
  program.addHelpText(
    "after",
    examples([
      "--store lmdb:./forecasts init",
      "--store lmdb:./forecasts request list --label low",
      "--store lmdb:./forecasts verify",
    ]),
  );
  await runCommandLine(program, context);
}

/** Requests, tiles and labels. */
function addDomainCommands(program: Command, context: ProgramContext): void {
  const request = program.command("request").description("published requests and their versions");
  addRequestListCommand(request, context);
  addRequestShowCommand(request, context);

  const tile = program.command("tile").description("the answers themselves");
  addTileShowCommand(tile, context);
  addQueryCommand(program, context);
  addTraceCommand(program, context);

  const label = program.command("label").description("the competitions that requests belong to");
  addLabelListCommand(label, context);
  addStatsCommand(program, context);
}

/** What is known about requests beside their tiles. */
function addCatalogCommands(program: Command, context: ProgramContext): void {
  const catalog = program
    .command("catalog")
    .description("what is known of requests, miners and scores, and how long it is kept");
  addCatalogInitCommand(catalog, context);
  addCatalogMinersCommand(catalog, context);
  addCatalogRequestsCommand(catalog, context);
  addCatalogShowCommand(catalog, context);
  addCatalogScoresCommand(catalog, context);
  addCatalogTaperCommand(catalog, context);
  addCatalogRetainCommand(catalog, context);
  addCatalogUndeleteCommand(catalog, context);
  addCatalogFreeCommand(catalog, context);
}

/** Symbols, versions and snapshots, whatever they hold. */
function addLibraryCommands(program: Command, context: ProgramContext): void {
  const library = program.command("library").description("the set of all symbols in the store");
  addLibraryShowCommand(library, context);

  const symbol = program.command("symbol").description("the named things that have versions");
  addSymbolListCommand(symbol, context);
  addSymbolShowCommand(symbol, context);
  addSymbolDeleteCommand(symbol, context);
  addSymbolUndeleteCommand(symbol, context);

  const version = program.command("version").description("the states of a symbol");
  addVersionListCommand(version, context);
  addVersionShowCommand(version, context);
  addVersionRestoreCommand(version, context);
  addVersionDeleteCommand(version, context);

  const snapshot = program.command("snapshot").description("named, pinned sets of versions");
  addSnapshotListCommand(snapshot, context);
  addSnapshotCreateCommand(snapshot, context);
  addSnapshotShowCommand(snapshot, context);
  addSnapshotDeleteCommand(snapshot, context);
}

/** What keeps a store small and sound. */
function addMaintenanceCommands(program: Command, context: ProgramContext): void {
  addPruneCommand(program, context);
  addCollectCommand(program, context);
  addFsckCommand(program, context);
  addVerifyCommand(program, context);
  addAuditCommand(program, context);
  addCopyCommand(program, context);
}

/** What the validator that this replaces has by itself. */
function addUpstreamCommands(program: Command, context: ProgramContext): void {
  const upstream = program
    .command("upstream")
    .description("rows that the validator itself wrote to Bigtable");
  addUpstreamListCommand(upstream, context);
  addUpstreamShowCommand(upstream, context);
  addUpstreamImportCommand(upstream, context);
  addImportCommand(program, context);
}

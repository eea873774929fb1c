/**
 * What the programs share, and the only room besides them that picks a back end: store URLs, exit codes, messages,
 * progress and tables. Private: it is bundled into the programs.
 *
 * ```ts
 * import { createCommandLine, openPredictions, runCommandLine, runProgram, storeUrlOf } from "@foretile/app-kit";
 *
 * await runProgram("foretile-count", async (context) => {
 *   const program = createCommandLine(context, { description: "Count labels", version: "1.0.0" });
 *   program.command("labels").action(async (_options, command) => {
 *     const url = storeUrlOf(command.optsWithGlobals(), context);
 *     await using opened = await openPredictions(url, "read", { signal: context.signal });
 *     context.stdout.write(`${(await opened.predictions.labels()).length}\n`);
 *   });
 *   await runCommandLine(program, context);
 * });
 * ```
 *
 * @module
 */
export {
  catalogOptionHelp,
  catalogUrlForms,
  catalogUrlOf,
  requiredCatalogUrl,
  type CatalogOptions,
} from "./catalog/catalog-url.ts";
export { openCatalog } from "./catalog/open-catalog.ts";
export {
  AppError,
  isAppError,
  type AppErrorCode,
  type AppErrorOptions,
  type ProgramFailure,
} from "./failure/app-error.ts";
export { describeError, exitCodeOf, type ErrorDescription } from "./failure/describe-error.ts";
export { EXIT, exitCodeHelp, type ExitCode } from "./failure/exit-codes.ts";
export { formatBytes, formatCount, formatDuration, formatUtc } from "./output/format-quantity.ts";
export { formatTable, type TableColumn } from "./output/format-table.ts";
export { createProgress, type Progress, type ProgressOptions } from "./output/progress.ts";
export { writeJsonLine, writeText } from "./output/write-text.ts";
export {
  createCommandLine,
  runCommandLine,
  storeUrlOf,
  type CommandLineOptions,
  type CommonOptions,
} from "./program/command-line.ts";
export type { InputStream, OutputStream, ProgramContext } from "./program/program-context.ts";
export { runMain, type Main } from "./program/run-main.ts";
export { runProgram } from "./program/run-program.ts";
export { defaultPlacement } from "./store/default-placement.ts";
export { findLabel } from "./store/find-label.ts";
export {
  openCopyTarget,
  type CopyTarget,
  type CopyTargetOptions,
} from "./store/open-copy-target.ts";
export {
  createPredictions,
  openPredictions,
  type CreatePredictionsOptions,
  type OpenPredictionsOptions,
  type OpenedPredictions,
} from "./store/open-predictions.ts";
export { openStore } from "./store/open-store.ts";
export { planProvision, probePlace } from "./store/store-place.ts";
export type {
  OpenMode,
  OpenStoreOptions,
  PlaceOptions,
  ProbeOptions,
  StoreUse,
  WantedTables,
} from "./store/store-scheme.ts";
export { storeUrlForms } from "./store/store-url.ts";

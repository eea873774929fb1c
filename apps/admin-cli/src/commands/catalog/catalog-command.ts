import {
  catalogOptionHelp,
  openCatalog,
  openPredictions,
  requiredCatalogUrl,
  storeUrlOf,
  AppError,
  type CatalogOptions,
  type CommonOptions,
  type OpenedPredictions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { Catalog } from "@foretile/catalog";
import type { LabelConfig } from "@foretile/prediction-store";
import type { Command } from "commander";

/** The options that every command of a catalog has. */
export interface CatalogCommandOptions extends CommonOptions, CatalogOptions {}

/** Commands that are about some labels, or all. */
export interface LabelOptions extends CatalogCommandOptions {
  readonly label?: string;
}

/** A catalog with the store that it belongs to. */
export interface CatalogOfStore extends OpenedPredictions {
  readonly catalog: Catalog;
}

export function addCatalogOption(command: Command): Command {
  return command.option("--catalog <url>", catalogOptionHelp());
}

/**
 * Opens the store and the catalog that the options name. Disposing closes both.
 *
 * @throws {AppError} `usage` when one of them is not named; as `openPredictions`, `openCatalog`
 */
export async function openCatalogOfStore(
  options: CatalogCommandOptions,
  mode: "create" | "write" | "read",
  context: ProgramContext,
): Promise<CatalogOfStore> {
  const url = requiredCatalogUrl(options, context);
  const access = mode === "read" ? "read" : "write";
  const { signal } = context;
  await using opening = new AsyncDisposableStack();
  const opened = opening.use(
    await openPredictions(storeUrlOf(options, context), access, { signal }),
  );
  const catalog = opening.use(await openCatalog(url, opened, mode, context));
  const resources = opening.move();
  const { store, library, predictions } = opened;
  return {
    store,
    library,
    predictions,
    catalog,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/**
 * The labels of the store that a command is about: the one that is named, or all.
 *
 * @throws {AppError} `not-found`
 */
export async function wantedLabels(
  { predictions }: CatalogOfStore,
  { label }: LabelOptions,
  { signal }: ProgramContext,
): Promise<readonly LabelConfig[]> {
  const labels = await predictions.labels({ signal });
  if (label === undefined) return labels;
  const wanted = labels.filter((config) => config.label === label);
  if (wanted.length > 0) return wanted;
  throw new AppError("not-found", `the store has no such label label=${label}`, {
    hint: "see the labels of the store with: foretile --store URL label list",
  });
}
